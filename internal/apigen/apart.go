package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

// tellApart gives the fields of their inputs to operations that a request's route alone does not tell
// apart: those of one signing name with the same method and path, the same action and version, or
// the same target. Recognition looks at query keys, headers and members of the body then.
func tellApart(services []*catalog.Service, models map[string]*model) {
	sharing := map[string][]*catalog.Operation{}
	for _, s := range services {
		for _, op := range s.Operations {
			for _, protocol := range s.Protocols {
				key := s.SigningName + " " + evidence(op, protocol)
				if !slices.Contains(sharing[key], op) { // JSON and CBOR have the same
					sharing[key] = append(sharing[key], op)
				}
			}
		}
	}
	for _, operations := range sharing {
		if len(operations) < 2 {
			continue
		}
		for _, op := range operations {
			m := models[op.Service.Name]
			if input := m.Operations[op.Name].Input; input != nil && op.Fields == nil {
				op.Fields = fields(m, m.Shapes[input.Shape], op)
			}
		}
	}
}

// evidence is what a request says before one looks at its parameters.
func evidence(op *catalog.Operation, protocol string) string {
	switch protocol {
	case catalog.RESTJSON, catalog.RESTXML:
		path, _, _ := strings.Cut(op.URI, "?")
		labels := strings.Split(strings.TrimSuffix(path, "/"), "/")
		for i, label := range labels {
			switch {
			case strings.HasSuffix(label, "+}"):
				labels[i] = "{+}"
			case strings.HasPrefix(label, "{"):
				labels[i] = "{}"
			}
		}
		return op.Method + " " + strings.Join(labels, "/")
	case catalog.Query, catalog.EC2:
		return op.Service.APIVersion + " " + op.Name
	default:
		return op.Service.TargetPrefix + "." + op.Name
	}
}

func fields(m *model, input *shape, op *catalog.Operation) []catalog.Field {
	var list []catalog.Field
	for _, member := range input.Members {
		f := catalog.Field{
			Name: cmp.Or(member.LocationName, member.name), Location: member.Location,
			Required: slices.Contains(input.Required, member.name),
		}
		if f.Location == "uri" || f.Location == "headers" {
			continue // it is in every route, or tells nothing
		}
		if member.name != input.Payload {
			list = append(list, f)
			continue
		}
		payload := m.Shapes[member.Shape]
		if payload.Type != "structure" || op.StreamingInput {
			continue
		}
		for _, inner := range payload.Members { // they are the body's own top level
			list = append(list, catalog.Field{
				Name: cmp.Or(inner.LocationName, inner.name), Required: f.Required && slices.Contains(payload.Required, inner.name),
			})
		}
	}
	return list
}
