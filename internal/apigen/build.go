package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// builder turns one model into a service of the catalogue.
type builder struct {
	model   *model
	service *catalog.Service
	shapes  map[string]*catalog.Shape
	errors  map[string]*catalog.ErrorShape
}

// build makes the service; wanted says which operations come with shapes.
func build(name string, m *model, wanted wanted) (*catalog.Service, error) {
	b := &builder{
		model: m, service: header(name, m),
		shapes: map[string]*catalog.Shape{}, errors: map[string]*catalog.ErrorShape{},
	}
	b.addErrors()
	for _, operation := range slices.Sorted(maps.Keys(m.Operations)) {
		op, err := b.operation(operation, m.Operations[operation], wanted.has(operation))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", operation, err)
		}
		b.service.Operations = append(b.service.Operations, op)
	}
	return b.service, amend(b.service)
}

func header(name string, m *model) *catalog.Service {
	meta := m.Metadata
	s := &catalog.Service{
		Name: name, ID: meta.ServiceID, SigningName: cmp.Or(meta.SigningName, meta.EndpointPrefix),
		EndpointPrefix: meta.EndpointPrefix, TargetPrefix: meta.TargetPrefix, APIVersion: meta.APIVersion,
		JSONVersion: meta.JSONVersion, XMLNamespace: meta.XMLNamespace,
		Protocols: []string{meta.Protocol}, QueryCompatible: meta.AWSQueryCompatible != nil,
	}
	for _, protocol := range meta.Protocols {
		if !s.Speaks(protocol) {
			s.Protocols = append(s.Protocols, protocol)
		}
	}
	if s.XMLNamespace == "" && s.Speaks(catalog.RESTXML) {
		s.XMLNamespace = usedNamespace(m)
	}
	return s
}

// usedNamespace is the namespace of a REST-XML service whose metadata has none: that of its inputs.
func usedNamespace(m *model) string {
	for _, name := range slices.Sorted(maps.Keys(m.Operations)) {
		input := m.Operations[name].Input
		if input == nil {
			continue
		}
		if uri := input.XMLNamespace.URI; uri != "" {
			return uri
		}
		s := m.Shapes[input.Shape]
		for _, member := range s.Members {
			if uri := member.XMLNamespace.URI; uri != "" && member.name == s.Payload {
				return uri
			}
		}
	}
	return ""
}

// addErrors adds every error that the model has, also those that no operation names.
func (b *builder) addErrors() {
	for _, name := range slices.Sorted(maps.Keys(b.model.Shapes)) {
		s := b.model.Shapes[name]
		if !s.Exception {
			continue
		}
		e := &catalog.ErrorShape{
			Name: name, Code: cmp.Or(s.Error.Code, name), Status: s.Error.HTTPStatusCode,
			Sender: s.Error.SenderFault || !s.Fault && s.Error.HTTPStatusCode < 500,
		}
		if e.Status == 0 {
			e.Status = 400
			if s.Fault {
				e.Status = 500
			}
		}
		if s.Retryable != nil {
			e.Retryable, e.Throttling = true, s.Retryable.Throttling
		}
		b.errors[name] = e
		b.service.Errors = append(b.service.Errors, e)
	}
}

func (b *builder) operation(name string, o *operation, shapes bool) (*catalog.Operation, error) {
	version := "" // some models' operations bear the API version on the wire name
	if o.Name != name {
		version = strings.ReplaceAll(b.service.APIVersion, "-", "_")
	}
	if o.Name != name+version {
		return nil, fmt.Errorf("the wire name %s is not the name with the API version", o.Name)
	}
	op := &catalog.Operation{
		Service: b.service, Name: name, Method: o.HTTP.Method, URI: o.HTTP.RequestURI,
		Status: cmp.Or(o.HTTP.ResponseCode, 200), Unsigned: o.AuthType == "none", HostPrefix: o.Endpoint.HostPrefix,
		Deprecated: o.Deprecated,
	}
	for _, e := range o.Errors {
		shape := b.errors[e.Shape]
		if shape == nil {
			return nil, fmt.Errorf("error %s is no exception", e.Shape)
		}
		if !slices.Contains(op.Errors, shape) {
			op.Errors = append(op.Errors, shape)
		}
	}
	if o.Input != nil {
		op.StreamingInput = b.streams(o.Input.Shape)
	}
	if o.Output != nil {
		op.StreamingOutput = b.streams(o.Output.Shape)
		op.ResultWrapper = o.Output.ResultWrapper
	}
	if shapes {
		return op, b.addShapes(op, o)
	}
	return op, nil
}

// streams reports whether a structure has a member of bytes or events that is not read as a whole.
func (b *builder) streams(structure string) bool {
	for _, member := range b.model.Shapes[structure].Members {
		s := b.model.Shapes[member.Shape]
		if member.Streaming || s.Streaming || s.EventStream {
			return true
		}
	}
	return false
}

func (b *builder) addShapes(op *catalog.Operation, o *operation) error {
	op.HasShapes = true
	var err error
	if o.Input != nil {
		if op.Input, err = b.shape(o.Input.Shape); err != nil {
			return err
		}
		op.InputElement, op.InputNamespace = o.Input.LocationName, o.Input.XMLNamespace.URI
	}
	if o.Output != nil {
		if op.Output, err = b.shape(o.Output.Shape); err != nil {
			return err
		}
	}
	for _, e := range op.Errors {
		if e.Shape, err = b.shape(e.Name); err != nil {
			return err
		}
	}
	return nil
}
