// Command typed prints the field tables that aoa-lang/src/typed reads: for every
// API type that is imitated the JSON names of its fields, their Go types, and the
// struct tags that steer encoding and strategic merge patches. With the argument
// "openapi" it prints the table of Kustomize's own strategic merge.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	application "github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	helmchart "helm.sh/helm/v4/pkg/chart/v2"
	helmrelease "helm.sh/helm/v4/pkg/release/v1/util"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/kustomize/api/builtins"
	kustomize "sigs.k8s.io/kustomize/api/types"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "openapi" {
		printOpenAPI()
		return
	}
	roots := map[string]reflect.Type{
		"helm/Chart":              reflect.TypeFor[helmchart.Metadata](),
		"helm/ChartLock":          reflect.TypeFor[helmchart.Lock](),
		"helm/ManifestHead":       reflect.TypeFor[helmrelease.SimpleHead](),
		"kustomize/Kustomization": reflect.TypeFor[kustomize.Kustomization](),
		// What the files of a kustomization hold: configurations, replacements, the built-in plugins.
		"kustomize/TransformerConfig":              reflect.TypeFor[TransformerConfig](),
		"kustomize/Replacement":                    reflect.TypeFor[kustomize.Replacement](),
		"kustomize/AnnotationsTransformer":         reflect.TypeFor[builtins.AnnotationsTransformerPlugin](),
		"kustomize/ConfigMapGenerator":             reflect.TypeFor[builtins.ConfigMapGeneratorPlugin](),
		"kustomize/HelmChartInflationGenerator":    reflect.TypeFor[builtins.HelmChartInflationGeneratorPlugin](),
		"kustomize/IAMPolicyGenerator":             reflect.TypeFor[builtins.IAMPolicyGeneratorPlugin](),
		"kustomize/ImageTagTransformer":            reflect.TypeFor[builtins.ImageTagTransformerPlugin](),
		"kustomize/LabelTransformer":               reflect.TypeFor[builtins.LabelTransformerPlugin](),
		"kustomize/NamespaceTransformer":           reflect.TypeFor[builtins.NamespaceTransformerPlugin](),
		"kustomize/PatchJson6902Transformer":       reflect.TypeFor[builtins.PatchJson6902TransformerPlugin](),
		"kustomize/PatchStrategicMergeTransformer": reflect.TypeFor[builtins.PatchStrategicMergeTransformerPlugin](),
		"kustomize/PatchTransformer":               reflect.TypeFor[builtins.PatchTransformerPlugin](),
		"kustomize/PrefixTransformer":              reflect.TypeFor[builtins.PrefixTransformerPlugin](),
		"kustomize/SuffixTransformer":              reflect.TypeFor[builtins.SuffixTransformerPlugin](),
		"kustomize/ReplacementTransformer":         reflect.TypeFor[builtins.ReplacementTransformerPlugin](),
		"kustomize/ReplicaCountTransformer":        reflect.TypeFor[builtins.ReplicaCountTransformerPlugin](),
		"kustomize/SecretGenerator":                reflect.TypeFor[builtins.SecretGeneratorPlugin](),
		"kustomize/ValueAddTransformer":            reflect.TypeFor[builtins.ValueAddTransformerPlugin](),
		// Parts of an ApplicationSet that are read on their own.
		"argoproj.io/v1alpha1/ApplicationSetTemplate":          reflect.TypeFor[application.ApplicationSetTemplate](),
		"argoproj.io/v1alpha1/ApplicationSetGenerator":         reflect.TypeFor[application.ApplicationSetGenerator](),
		"argoproj.io/v1alpha1/ApplicationSetNestedGenerator":   reflect.TypeFor[application.ApplicationSetNestedGenerator](),
		"argoproj.io/v1alpha1/ApplicationSetTerminalGenerator": reflect.TypeFor[application.ApplicationSetTerminalGenerator](),
		"argoproj.io/v1alpha1/NestedMatrixGenerator":           reflect.TypeFor[application.NestedMatrixGenerator](),
		"argoproj.io/v1alpha1/NestedMergeGenerator":            reflect.TypeFor[application.NestedMergeGenerator](),
		"argoproj.io/v1alpha1/ApplicationSpec":                 reflect.TypeFor[application.ApplicationSpec](),
		"argoproj.io/v1alpha1/ApplicationSource":               reflect.TypeFor[application.ApplicationSource](),
		"argoproj.io/v1alpha1/KustomizeOptions":                reflect.TypeFor[application.KustomizeOptions](),
	}
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, application.AddToScheme} {
		if err := add(all); err != nil {
			fail(err)
		}
	}
	for gvk, t := range all.AllKnownTypes() {
		// What apimachinery adds to every group (ListOptions, WatchEvent, ...) is no manifest.
		if strings.HasPrefix(t.PkgPath(), "k8s.io/apimachinery/") || gvk.Version == runtime.APIVersionInternal {
			continue
		}
		roots[gvk.GroupVersion().String()+"/"+gvk.Kind] = t
	}

	names := make([]string, 0, len(roots))
	for name := range roots {
		names = append(names, name)
	}
	// Argo CD's types first: what is used most is found first.
	sort.Slice(names, func(i, j int) bool {
		a, b := strings.HasPrefix(names[i], "argoproj.io/"), strings.HasPrefix(names[j], "argoproj.io/")
		if a != b {
			return a
		}
		return names[i] < names[j]
	})
	tables := newTables()
	for _, name := range names {
		tables.number(roots[name])
	}
	tables.finish()

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(out, "%s\t%d\n", name, tables.number(roots[name]))
	}
	fmt.Fprintln(out)
	for _, line := range tables.lines {
		fmt.Fprintln(out, line)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
