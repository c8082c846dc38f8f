package protocol

import (
	"fmt"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// document reads the next value as aws.Document has it.
func (r *jsonReader) document(p *plan, at place) (any, error) {
	switch p.kind {
	case catalog.Structure:
		if r.scanner.Peek() != jsonscan.Object {
			return nil, r.mismatch(p.shape, at)
		}
		into := map[string]any{}
		return into, r.documentMembers(p, into, false)
	case catalog.List:
		return r.documentList(p, at)
	case catalog.Map:
		return r.documentMap(p, at)
	case catalog.String:
		return r.text(p.shape, at)
	case catalog.Boolean:
		return r.boolean(p.shape, at)
	case catalog.Integer, catalog.Long:
		return r.integer(p.shape, at)
	case catalog.Float, catalog.Double:
		return r.float(p.shape, at)
	case catalog.Blob:
		return r.blob(p.shape, at)
	case catalog.Timestamp:
		return r.timestamp(p, at)
	}
	return r.scanner.Value()
}

func (r *jsonReader) documentMembers(p *plan, into map[string]any, rest bool) error {
	s := r.scanner
	if err := s.OpenObject(); err != nil {
		return err
	}
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if !more || err != nil {
			return err
		}
		f := p.field(key)
		if f == nil && p.shape == noShape { // an operation whose shapes the catalogue does not hold
			into[key], err = s.Value()
		} else if f == nil || rest && f.bound() {
			err = s.Skip()
		} else if s.Peek() == jsonscan.Null {
			err = s.Null()
		} else {
			into[f.member.Name], err = r.document(f.plan, inField)
		}
		if err != nil {
			return err
		}
	}
}

func (r *jsonReader) documentList(p *plan, at place) (any, error) {
	s := r.scanner
	if s.Peek() != jsonscan.Array {
		return nil, r.mismatch(p.shape, at)
	}
	if err := s.OpenArray(); err != nil {
		return nil, err
	}
	list := []any{}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if err != nil {
			return nil, err
		}
		if !more {
			return list, nil
		}
		if s.Peek() == jsonscan.Null && p.element.kind != catalog.Any {
			if err := s.Null(); err != nil {
				return nil, err
			}
			continue
		}
		if err := r.count(); err != nil {
			return nil, err
		}
		element, err := r.document(p.element, inList)
		if err != nil {
			return nil, err
		}
		list = append(list, element)
	}
}

func (r *jsonReader) documentMap(p *plan, at place) (any, error) {
	s := r.scanner
	if s.Peek() != jsonscan.Object {
		return nil, r.mismatch(p.shape, at)
	}
	if err := s.OpenObject(); err != nil {
		return nil, err
	}
	into := map[string]any{}
	for first := true; ; first = false {
		key, more, err := s.Key(first)
		if err != nil {
			return nil, err
		}
		if !more {
			return into, nil
		}
		if s.Peek() == jsonscan.Null && p.element.kind != catalog.Any {
			if err := s.Null(); err != nil {
				return nil, err
			}
			continue
		}
		if into[key], err = r.document(p.element, inMap); err != nil {
			return nil, err
		}
	}
}

func errNotDecodable(p *plan) error { return fmt.Errorf("protocol: %s cannot read itself", p.target) }
func errNotEncodable(p *plan) error { return fmt.Errorf("protocol: %s cannot write itself", p.target) }
