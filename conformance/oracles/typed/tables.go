package main

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// codecs names the types that read or write JSON by code of their own.
var codecs = map[string]string{
	"time.Time": "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                                     "time",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                                                "microtime",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                                 "duration",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                                                 "raw",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                                                  "raw",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                                 "raw",
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                                 "quantity",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                                               "intstr",
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1.ApplicationSourcePluginParameter": "parameter",
	// It only encodes itself as usual.
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1.ApplicationDestination": "",
}

type tables struct {
	numbers map[reflect.Type]int
	queue   []reflect.Type
	lines   []string
}

func newTables() *tables { return &tables{numbers: map[reflect.Type]int{}} }

// number gives each named type its place in the list.
func (t *tables) number(named reflect.Type) int {
	n, known := t.numbers[named]
	if !known {
		n = len(t.queue)
		t.numbers[named] = n
		t.queue = append(t.queue, named)
	}
	return n
}

func (t *tables) finish() {
	for i := 0; i < len(t.queue); i++ {
		t.lines = append(t.lines, t.line(t.queue[i]))
	}
}

// line describes a named type: its name as Go prints it, then its shape.
func (t *tables) line(named reflect.Type) string {
	codec, special := codecs[named.PkgPath()+"."+named.Name()]
	if !special && (customises(named) || customises(reflect.PointerTo(named))) {
		fail(fmt.Errorf("%s.%s has a codec of its own", named.PkgPath(), named.Name()))
	}
	parts := []string{named.String()}
	if named.Kind() != reflect.Struct {
		return strings.Join(append(parts, t.shape(named)), "\t")
	}
	head := "struct"
	if codec != "" {
		head = codec
	}
	parts = append(parts, head)
	switch head {
	case "struct", "raw", "parameter":
		parts = append(parts, t.fields(named)...)
	}
	return strings.Join(parts, "\t")
}

func customises(t reflect.Type) bool {
	for _, method := range []reflect.Type{
		reflect.TypeFor[json.Marshaler](), reflect.TypeFor[json.Unmarshaler](),
		reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler](),
	} {
		if t.Implements(method) {
			return true
		}
	}
	return false
}

// expression writes a type: a number for a named one or a struct, else its shape.
func (t *tables) expression(typ reflect.Type) string {
	if typ.PkgPath() != "" || typ.Kind() == reflect.Struct {
		return fmt.Sprintf("%d.", t.number(typ))
	}
	return t.shape(typ)
}

func (t *tables) shape(typ reflect.Type) string {
	switch typ.Kind() {
	case reflect.Pointer:
		return "*" + t.expression(typ.Elem())
	case reflect.Slice:
		if typ.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + t.expression(typ.Elem())
	case reflect.Map:
		if typ.Key().Kind() != reflect.String {
			fail(fmt.Errorf("map key %s", typ.Key()))
		}
		return "{" + t.expression(typ.Key()) + t.expression(typ.Elem())
	case reflect.Interface:
		if typ.NumMethod() != 0 {
			fail(fmt.Errorf("interface %s", typ))
		}
		return "a"
	}
	code, known := map[reflect.Kind]string{
		reflect.String: "s", reflect.Bool: "b",
		reflect.Int: "i", reflect.Int8: "i1", reflect.Int16: "i2", reflect.Int32: "i4", reflect.Int64: "i8",
		reflect.Uint: "u", reflect.Uint8: "u1", reflect.Uint16: "u2", reflect.Uint32: "u4", reflect.Uint64: "u8",
		reflect.Float32: "f4", reflect.Float64: "f8",
	}[typ.Kind()]
	if !known {
		fail(fmt.Errorf("kind %s of %s", typ.Kind(), typ))
	}
	return code
}

// field is one JSON member of a struct.
type field struct {
	name   string
	tagged bool
	index  []int
	leaf   reflect.StructField
	opts   []string
}

// fields lists what encoding/json sees of a struct: embedded structs are opened,
// and of several fields with one name the shallowest, then the tagged one wins.
func (t *tables) fields(named reflect.Type) []string {
	var found []field
	collect(named, nil, map[reflect.Type]bool{}, &found)
	var parts []string
	for i, f := range found {
		if dominated(f, i, found) {
			continue
		}
		parts = append(parts, t.field(named, f))
	}
	return parts
}

func collect(typ reflect.Type, index []int, above map[reflect.Type]bool, found *[]field) {
	if above[typ] {
		fail(fmt.Errorf("%s embeds itself", typ))
	}
	above[typ] = true
	defer delete(above, typ)
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag := f.Tag.Get("json")
		if tag == "-" {
			continue
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if !f.IsExported() && !(f.Anonymous && inner.Kind() == reflect.Struct) {
			continue
		}
		name, opts, _ := strings.Cut(tag, ",")
		at := append(append([]int{}, index...), i)
		if name == "" && f.Anonymous && inner.Kind() == reflect.Struct {
			collect(inner, at, above, found)
			continue
		}
		tagged := name != ""
		if !tagged {
			name = f.Name
		}
		*found = append(*found, field{name, tagged, at, f, strings.Split(opts, ",")})
	}
}

func dominated(f field, at int, found []field) bool {
	for i, other := range found {
		if i == at || other.name != f.name {
			continue
		}
		if len(other.index) < len(f.index) {
			return true
		}
		if len(other.index) == len(f.index) && (other.tagged || !f.tagged) {
			return true
		}
	}
	return false
}

// field writes FLAGS NAME TYPE [~STRATEGIES~KEY] [^EMBEDDED NAMES^EMBEDDED TYPE].
func (t *tables) field(named reflect.Type, f field) string {
	var text strings.Builder
	for _, opt := range f.opts {
		switch opt {
		case "omitempty":
			text.WriteString("?")
		case "omitzero":
			text.WriteString("!")
		case "", "inline":
		default:
			fail(fmt.Errorf("option %q of %s.%s", opt, named, f.name))
		}
	}
	text.WriteString(f.name)
	text.WriteString(" ")
	text.WriteString(t.expression(f.leaf.Type))
	strategy, key := f.leaf.Tag.Get("patchStrategy"), f.leaf.Tag.Get("patchMergeKey")
	if strategy != "" || key != "" {
		text.WriteString("~" + strategy + "~" + key)
	}
	if len(f.index) > 1 {
		var names []string
		var outer reflect.Type
		typ := named
		for _, at := range f.index[:len(f.index)-1] {
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			embedded := typ.Field(at)
			names = append(names, embedded.Name)
			if outer == nil {
				outer = embedded.Type
			}
			typ = embedded.Type
		}
		text.WriteString("^" + strings.Join(names, ".") + "^" + t.expression(outer))
	}
	return text.String()
}
