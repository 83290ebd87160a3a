// Command crd-table turns the schema of a CustomResourceDefinition into the table that aoa-core reads: equal
// subtrees once, no descriptions.
//
//	go run . "$(go env GOMODCACHE)/github.com/argoproj/argo-cd/v3@v3.5.7/manifests/crds/applicationset-crd.yaml" \
//		> ../../../aoa-core/src/sets/crd/table.rs
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

type schema struct {
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Properties map[string]*schema `json:"properties"`
	Additional *schema            `json:"additionalProperties"`
	Items      *schema            `json:"items"`
	Required   []string           `json:"required"`
	Enum       []string           `json:"enum"`
	MinLength  int                `json:"minLength"`
	Pattern    string             `json:"pattern"`
	Preserve   bool               `json:"x-kubernetes-preserve-unknown-fields"`
	IntOrText  bool               `json:"x-kubernetes-int-or-string"`
	// Known, and without effect on one object.
	Description string   `json:"description"`
	ListType    string   `json:"x-kubernetes-list-type"`
	MapType     string   `json:"x-kubernetes-map-type"`
	AnyOf       []schema `json:"anyOf"`
}


type table struct {
	rows  []string
	known map[string]int
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	var crd map[string]any
	check(yaml.Unmarshal(data, &crd))
	// Only the schemas are read strictly: a keyword that this program does not know must not be lost.
	spec := crd["spec"].(map[string]any)
	version := spec["versions"].([]any)[0].(map[string]any)
	text, err := yaml.Marshal(version["schema"].(map[string]any)["openAPIV3Schema"])
	check(err)
	root := &schema{}
	check(yaml.UnmarshalStrict(text, root))

	t := &table{known: map[string]int{}}
	t.add(root)
	fmt.Println("//! The schema of ApplicationSets, Argo CD 3.5.7. Made by `conformance/oracles/crd-table`: do not edit.")
	fmt.Println()
	fmt.Println("use super::schema::{Schema, any, array, boolean, int_or_string, integer, map, object, string};")
	fmt.Println()
	fmt.Println("/// Children stand before their parents, the root stands last.")
	fmt.Println("#[rustfmt::skip]")
	fmt.Printf("pub(super) static SCHEMAS: [Schema; %d] = [\n", len(t.rows))
	for i, row := range t.rows {
		fmt.Printf("    /* %d */ %s,\n", i, row)
	}
	fmt.Println("];")
}

func (t *table) add(s *schema) int {
	row := t.row(s)
	if i, ok := t.known[row]; ok {
		return i
	}
	t.known[row] = len(t.rows)
	t.rows = append(t.rows, row)
	return len(t.rows) - 1
}

func (t *table) row(s *schema) string {
	var row string
	switch {
	case s.IntOrText:
		row = "int_or_string()"
	case s.Type == "object" && s.Additional != nil:
		if s.Properties != nil {
			panic("both properties and additionalProperties")
		}
		row = fmt.Sprintf("map(%d)", t.add(s.Additional))
	case s.Type == "object":
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			fields = append(fields, fmt.Sprintf("(%q, %d)", name, t.add(s.Properties[name])))
		}
		row = fmt.Sprintf("object(&[%s])", strings.Join(fields, ", "))
	case s.Type == "array":
		row = fmt.Sprintf("array(%d)", t.add(s.Items))
	case s.Type == "":
		row = "any()"
	default:
		row = s.Type + "()"
	}
	switch {
	case s.Format == "int64" && s.Type == "integer":
		row += ".int64()"
	case s.Format == "date-time" && s.Type == "string":
		row += ".date_time()"
	case s.Format != "":
		panic("format " + s.Format)
	}
	if len(s.Required) > 0 {
		row += fmt.Sprintf(".required(&[%s])", quoted(s.Required))
	}
	if len(s.Enum) > 0 {
		row += fmt.Sprintf(".one_of(&[%s])", quoted(s.Enum))
	}
	if s.MinLength > 0 {
		row += fmt.Sprintf(".min_length(%d)", s.MinLength)
	}
	if s.Pattern != "" {
		row += fmt.Sprintf(".pattern(%q)", s.Pattern)
	}
	if s.Preserve {
		row += ".preserve_unknown()"
	}
	return row
}

func quoted(texts []string) string {
	var res []string
	for _, t := range texts {
		res = append(res, fmt.Sprintf("%q", t))
	}
	return strings.Join(res, ", ")
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "crd-table:", err)
		os.Exit(1)
	}
}
