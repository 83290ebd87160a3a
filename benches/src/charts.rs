//! Charts of three sizes: a tiny one, a web application of eight templates, and one of 181 templates with much output.

use aoa_helm::{Chart, Values};
use aoa_lang::source::Tree;

/// Charts as files, and how large they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// One template of one line.
    Tiny,
    /// Eight templates with names, labels, conditions and probes.
    Web,
    /// 181 templates with 640 KB of output.
    Large,
}

const NAMES: &str = r#"{{- define "web.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- define "web.fullname" -}}
{{- if contains (include "web.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "web.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- define "web.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "web.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "web.selector" -}}
app.kubernetes.io/name: {{ include "web.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
"#;

const VALUES: &str = r#"replicas: 2
image: {repository: registry.example.com/web, tag: "", pullPolicy: IfNotPresent}
service: {type: ClusterIP, port: 80}
ingress: {enabled: true, className: nginx, hosts: [{host: web.example.com, paths: [{path: /, pathType: Prefix}]}]}
resources: {limits: {cpu: 500m, memory: 256Mi}, requests: {cpu: 50m, memory: 64Mi}}
autoscaling: {enabled: true, min: 2, max: 10, cpu: 80}
env: {LOG_LEVEL: info, REGION: eu-west-1, CACHE: redis://cache:6379}
config: {"app.properties": "a=1\nb=2\n"}
podAnnotations: {prometheus.io/scrape: "true"}
serviceAccount: {create: true, annotations: {}}
"#;

const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "web.selector" . | nindent 6 }}
  template:
    metadata:
      annotations:
        checksum/config: {{ .Values.config | toYaml | sha256sum }}
        {{- with .Values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      labels:
        {{- include "web.labels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ include "web.fullname" . }}
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          ports:
            - {name: http, containerPort: {{ .Values.service.port }}, protocol: TCP}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
"#;

const INGRESS: &str = r#"{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "web.fullname" . }}
  labels: {{- include "web.labels" . | nindent 4 }}
spec:
  ingressClassName: {{ .Values.ingress.className }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend: {service: {name: {{ include "web.fullname" $ }}, port: {number: {{ $.Values.service.port }}}}}
          {{- end }}
    {{- end }}
{{- end }}
"#;

/// The head of a manifest with the labels of the chart.
fn manifest(version: &str, kind: &str, rest: &str) -> String {
    let head = "metadata:\n  name: {{ include \"web.fullname\" . }}\n  labels:\n    {{- include \"web.labels\" . | nindent 4 }}";
    format!("apiVersion: {version}\nkind: {kind}\n{head}\n{rest}")
}

/// The files of a chart.
#[must_use]
pub fn files(size: Size) -> Vec<(String, String)> {
    let chart = "apiVersion: v2\nname: web\nversion: 1.4.2\nappVersion: \"2.0\"\n".to_owned();
    let mut files = vec![("Chart.yaml".to_owned(), chart), ("values.yaml".to_owned(), VALUES.to_owned())];
    let mut add = |name: &str, text: String| files.push((format!("templates/{name}"), text));
    if size == Size::Tiny {
        add(
            "app.yaml",
            "kind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {n: \"{{ .Values.replicas }}\"}\n"
                .to_owned(),
        );
        return files;
    }
    add("_helpers.tpl", NAMES.to_owned());
    add("deployment.yaml", DEPLOYMENT.to_owned());
    add("ingress.yaml", INGRESS.to_owned());
    let selector = "spec:\n  selector:\n    {{- include \"web.selector\" . | nindent 4 }}\n  ports:\n    - {port: {{ .Values.service.port }}, targetPort: http}\n";
    add("service.yaml", manifest("v1", "Service", selector));
    add("config.yaml", manifest("v1", "ConfigMap", "data:\n  {{- toYaml .Values.config | nindent 2 }}\n"));
    add(
        "account.yaml",
        manifest(
            "v1",
            "ServiceAccount",
            "{{- with .Values.serviceAccount.annotations }}\n{{ toYaml . }}\n{{- end }}\n",
        ),
    );
    let scale =
        "spec:\n  minReplicas: {{ .Values.autoscaling.min }}\n  maxReplicas: {{ .Values.autoscaling.max }}\n";
    add("scale.yaml", manifest("autoscaling/v2", "HorizontalPodAutoscaler", scale));
    add("budget.yaml", manifest("policy/v1", "PodDisruptionBudget", "spec: {minAvailable: 1}\n"));
    if size == Size::Large {
        let many = "data:\n  {{- range $i := until 30 }}\n  key-{{ $i }}: {{ printf \"%s-%d-%s\" $.Release.Name $i (include \"web.name\" $) | quote }}\n  text-{{ $i }}: {{ $.Values.image | toYaml | b64enc }}\n  {{- end }}\n";
        for at in 0..173 {
            add(&format!("more-{at:03}.yaml"), manifest("v1", "ConfigMap", many));
        }
    }
    files
}

/// A loaded chart.
///
/// # Errors
/// None, for these charts.
pub fn chart(size: Size) -> aoa_lang::Result<Chart> {
    Chart::load(&Tree::in_memory(files(size)))
}

/// Values as the application `at` of many has them.
///
/// # Errors
/// None, for these values.
pub fn values(at: usize) -> aoa_lang::Result<Values> {
    Values::new().with_set(&format!("replicas={at},image.tag=v{at},env.REGION=region-{at}"))
}
