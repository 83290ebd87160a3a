package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// printOpenAPI prints what Kustomize's merges look up in the OpenAPI document
// that it has built in: which fields are lists or maps, of what, and how lists
// are merged.
func printOpenAPI() {
	openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: "v1", Kind: "Pod"})
	all := openapi.Schema().Definitions
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	numbers := map[string]int{}
	for i, name := range names {
		numbers[name] = i
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	var roots []string
	for _, name := range names {
		kinds, _ := all[name].Extensions["x-kubernetes-group-version-kind"].([]interface{})
		for _, kind := range kinds {
			text := func(key string) string {
				value, _ := kind.(map[string]interface{})[key].(string)
				return value
			}
			apiVersion := text("version")
			if group := text("group"); group != "" {
				apiVersion = group + "/" + apiVersion
			}
			meta := yaml.TypeMeta{APIVersion: apiVersion, Kind: text("kind")}
			// Of several definitions with one kind the index has the last.
			found := openapi.SchemaForResourceType(meta)
			if found == nil || found.Schema.Description != all[name].Description {
				fail(fmt.Errorf("%v is not what the index has", meta))
			}
			// Options are no resources.
			if len(kinds) == 1 {
				roots = append(roots, fmt.Sprintf("%s/%s\t%d", apiVersion, text("kind"), numbers[name]))
			}
		}
	}
	sort.Strings(roots)
	for _, root := range roots {
		fmt.Fprintln(out, root)
	}
	fmt.Fprintln(out)
	for _, name := range names {
		schema := all[name]
		fmt.Fprintln(out, strings.Join(members(&schema, numbers), "\t"))
	}
}

func members(schema *spec.Schema, numbers map[string]int) []string {
	var names, parts []string
	for name := range schema.Properties {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		property := schema.Properties[name]
		if shape := shapeOf(&property, numbers); shape != "" {
			parts = append(parts, name+" "+shape)
		}
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil {
		parts = append(parts, "* "+shapeOf(schema.AdditionalProperties.Schema, numbers))
	}
	return parts
}

// shapeOf is empty for scalars.
func shapeOf(schema *spec.Schema, numbers map[string]int) string {
	if ref := schema.Ref.String(); ref != "" {
		return fmt.Sprintf("%d.", numbers[strings.TrimPrefix(ref, "#/definitions/")])
	}
	if len(schema.Properties) > 0 {
		fail(fmt.Errorf("a property with properties of its own"))
	}
	switch {
	case len(schema.Type) == 1 && schema.Type[0] == "array":
		shape := "["
		if schema.Items == nil || schema.Items.Schema == nil {
			fail(fmt.Errorf("an array of nothing"))
		}
		shape += shapeOf(schema.Items.Schema, numbers)
		strategy, keys := (&openapi.ResourceSchema{Schema: schema}).PatchStrategyAndKeyList()
		if strategy != "" {
			shape += "~" + strategy + "~" + strings.Join(keys, ",")
		}
		return shape
	case len(schema.Type) == 1 && schema.Type[0] == "object":
		if schema.AdditionalProperties == nil || schema.AdditionalProperties.Schema == nil {
			return "o"
		}
		return "{" + shapeOf(schema.AdditionalProperties.Schema, numbers)
	}
	return ""
}
