package main

import (
	kustomize "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// TransformerConfig has the fields of the type of that name in Kustomize's
// internal package builtinconfig.
type TransformerConfig struct {
	NamePrefix        kustomize.FsSlice    `json:"namePrefix,omitempty"`
	NameSuffix        kustomize.FsSlice    `json:"nameSuffix,omitempty"`
	NameSpace         kustomize.FsSlice    `json:"namespace,omitempty"`
	CommonLabels      kustomize.FsSlice    `json:"commonLabels,omitempty"`
	Labels            kustomize.FsSlice    `json:"labels,omitempty"`
	TemplateLabels    kustomize.FsSlice    `json:"templateLabels,omitempty"`
	CommonAnnotations kustomize.FsSlice    `json:"commonAnnotations,omitempty"`
	NameReference     []NameBackReferences `json:"nameReference,omitempty"`
	VarReference      kustomize.FsSlice    `json:"varReference,omitempty"`
	Images            kustomize.FsSlice    `json:"images,omitempty"`
	Replicas          kustomize.FsSlice    `json:"replicas,omitempty"`
}

// NameBackReferences is likewise.
type NameBackReferences struct {
	resid.Gvk `json:",inline,omitempty"`
	Referrers kustomize.FsSlice `json:"fieldSpecs,omitempty"`
}
