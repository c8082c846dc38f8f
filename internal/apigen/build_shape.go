package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/brownoutdev/brownout/catalog"
)

var kinds = map[string]catalog.Kind{
	"structure": catalog.Structure, "list": catalog.List, "map": catalog.Map, "string": catalog.String,
	"character": catalog.String, "integer": catalog.Integer, "long": catalog.Long, "float": catalog.Float,
	"double": catalog.Double, "boolean": catalog.Boolean, "blob": catalog.Blob, "timestamp": catalog.Timestamp,
}

// shape makes a shape and all that it is made of. Shapes may be recursive.
func (b *builder) shape(name string) (*catalog.Shape, error) {
	if s := b.shapes[name]; s != nil {
		return s, nil
	}
	from := b.model.Shapes[name]
	if from == nil {
		return nil, fmt.Errorf("shape %s is missing", name)
	}
	kind, ok := kinds[from.Type]
	if !ok {
		return nil, fmt.Errorf("shape %s is of type %q", name, from.Type)
	}
	if from.Document {
		kind = catalog.Any
	}
	s := &catalog.Shape{
		Name: name, Kind: kind, Flattened: from.Flattened, Sparse: from.Sparse, Payload: from.Payload,
		TimestampFormat: from.TimestampFormat, Union: from.Union, XMLNamespace: from.XMLNamespace.URI,
		Pattern: from.Pattern, Enum: from.Enum,
	}
	if from.Min != nil {
		s.Min, s.HasMin = *from.Min, true
	}
	if from.Max != nil {
		s.Max, s.HasMax = *from.Max, true
	}
	b.shapes[name] = s
	return s, b.parts(s, from)
}

// parts adds a shape's members, or its element and key.
func (b *builder) parts(s *catalog.Shape, from *shape) (err error) {
	switch s.Kind {
	case catalog.Structure:
		for _, m := range from.Members {
			member, err := b.member(m.name, &m.reference)
			if err != nil {
				return err
			}
			member.Required = slices.Contains(from.Required, m.name)
			s.Members = append(s.Members, member)
		}
	case catalog.List:
		s.Element, err = b.member("member", from.Member)
	case catalog.Map:
		if s.Key, err = b.member("key", from.Key); err != nil {
			return err
		}
		s.Element, err = b.member("value", from.Value)
	}
	return err
}

func (b *builder) member(name string, r *reference) (*catalog.Member, error) {
	s, err := b.shape(r.Shape)
	if err != nil {
		return nil, err
	}
	from := b.model.Shapes[r.Shape]
	return &catalog.Member{
		Name: name, Shape: s, Location: r.Location, LocationName: cmp.Or(r.LocationName, from.LocationName, name),
		QueryName: r.QueryName, XMLAttribute: r.XMLAttribute, HostLabel: r.HostLabel, Idempotency: r.IdempotencyToken,
		Streaming: r.Streaming || from.Streaming || from.EventStream, Flattened: r.Flattened || from.Flattened,
		Sensitive: r.Sensitive || from.Sensitive, JSONValue: r.JSONValue,
		TimestampFormat: cmp.Or(r.TimestampFormat, from.TimestampFormat),
		XMLNamespace:    cmp.Or(r.XMLNamespace.URI, from.XMLNamespace.URI),
		XMLPrefix:       cmp.Or(r.XMLNamespace.Prefix, from.XMLNamespace.Prefix),
	}, nil
}
