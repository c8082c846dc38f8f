package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// service writes a chunk: shapes, errors, sets of errors, operations. Names come first within each,
// since neighbours that are alike deflate best.
func (e *encoder) service(s *Service) error {
	shapes := collectShapes(s)
	e.shapes(shapes)
	errorAt, err := e.errors(s, shapes)
	if err != nil {
		return err
	}
	sets, err := e.errorSets(s, errorAt)
	if err != nil {
		return err
	}
	e.number(len(s.Operations))
	for _, op := range s.Operations {
		e.text(op.Name)
	}
	for _, op := range s.Operations {
		e.operation(op, shapes, sets)
		if e.err != nil {
			return fmt.Errorf("%s: %w", op.Name, e.err)
		}
	}
	return e.err
}

func (e *encoder) errors(s *Service, shapes shapeTable) (map[*ErrorShape]int, error) {
	if !slices.IsSortedFunc(s.Errors, func(a, b *ErrorShape) int { return cmp.Compare(a.Name, b.Name) }) {
		return nil, fmt.Errorf("the errors are not in order of their names")
	}
	at := map[*ErrorShape]int{}
	e.number(len(s.Errors))
	for _, x := range s.Errors {
		at[x] = len(at)
		e.text(x.Name)
	}
	for _, x := range s.Errors {
		e.flags(x.Sender, x.Retryable, x.Throttling, x.Code != x.Name)
		e.number(x.Status)
		if x.Code != x.Name {
			e.text(x.Code)
		}
		e.number(shapes.reference(x.Shape))
	}
	return at, nil
}

// errorSets writes the different lists of errors that operations have; most share a few.
func (e *encoder) errorSets(s *Service, errorAt map[*ErrorShape]int) (map[string]int, error) {
	sets := map[string]int{}
	var lists [][]*ErrorShape
	for _, op := range s.Operations {
		for _, x := range op.Errors {
			if _, ok := errorAt[x]; !ok {
				return nil, fmt.Errorf("%s: error %s is not the service's", op.Name, x.Name)
			}
		}
		if key := setKey(op.Errors); !has(sets, key) {
			sets[key] = len(sets)
			lists = append(lists, op.Errors)
		}
	}
	e.number(len(lists))
	for _, list := range lists {
		e.number(len(list))
		for _, x := range list {
			e.number(errorAt[x])
		}
	}
	return sets, nil
}

func setKey(list []*ErrorShape) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(x.Name + " ")
	}
	return b.String()
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

func (e *encoder) operation(op *Operation, shapes shapeTable, sets map[string]int) {
	route := op.Method != "POST" || op.URI != "/"
	wrapper := op.ResultWrapper != "" && op.ResultWrapper != op.Name+"Result"
	element := op.InputElement != "" || op.InputNamespace != ""
	e.flags(route, op.Status != 200, op.ResultWrapper == op.Name+"Result", wrapper, op.HasShapes, op.StreamingInput,
		op.StreamingOutput, op.Unsigned, op.HostPrefix != "", len(op.Fields) > 0, element, op.Deprecated)
	e.number(sets[setKey(op.Errors)])
	if route {
		e.number(e.place(methods, op.Method))
		e.text(op.URI)
	}
	if op.Status != 200 {
		e.number(op.Status)
	}
	if wrapper {
		e.text(op.ResultWrapper)
	}
	if op.HostPrefix != "" {
		e.text(op.HostPrefix)
	}
	if len(op.Fields) > 0 {
		e.fields(op.Fields)
	}
	if op.HasShapes {
		e.number(shapes.reference(op.Input))
		e.number(shapes.reference(op.Output))
	}
	if element {
		e.text(op.InputElement)
		e.text(op.InputNamespace)
	}
}

func (e *encoder) fields(fields []Field) {
	e.number(len(fields))
	for _, f := range fields {
		e.text(f.Name)
		e.number(e.place(locations, f.Location)<<1 | bit(f.Required))
	}
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}

// What small numbers in the table stand for. New ones go to the end.
var (
	methods          = []string{"POST", "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}
	locations        = []string{"", "uri", "querystring", "header", "headers", "statusCode"}
	timestampFormats = []string{"", "unixTimestamp", "iso8601", "rfc822"}
)
