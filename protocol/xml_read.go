package protocol

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// maxXMLDepth is how deep elements may nest; AWS's models stay under 20.
const maxXMLDepth = 128

// xmlReader reads XML by shape, in one pass. Entities other than XML's own five and document type
// declarations are refused, so nothing can expand.
type xmlReader struct {
	decoder *xml.Decoder
	depth   int
	count   int // of elements
}

func newXMLReader(body []byte) *xmlReader {
	return &xmlReader{decoder: xml.NewDecoder(bytes.NewReader(body))}
}

// malformedXML is what REST-XML services say of XML that they cannot read.
func malformedXML(err error) error {
	var known *aws.Error
	if errors.As(err, &known) {
		return known
	}
	return &aws.Error{
		Code: "MalformedXML", Status: 400, Sender: true, Cause: err,
		Message: "The XML you provided was not well-formed or did not validate against our published schema",
	}
}

var (
	errXMLDepth     = errors.New("elements nest too deeply")
	errXMLElements  = errors.New("too many elements")
	errXMLDirective = errors.New("a document type declaration is not taken")
)

// next is the next start tag; false at the end of the enclosing element. Text goes to text, if that is not nil.
func (r *xmlReader) next(text *strings.Builder) (start xml.StartElement, more bool, err error) {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			return start, false, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if r.depth++; r.depth > maxXMLDepth {
				return start, false, errXMLDepth
			}
			if r.count++; r.count > maxElements {
				return start, false, errXMLElements
			}
			return token, true, nil
		case xml.EndElement:
			r.depth--
			return start, false, nil
		case xml.CharData:
			if text != nil {
				text.Write(token)
			}
		case xml.Directive:
			return start, false, errXMLDirective
		}
	}
}

// skip reads to the end of the element whose start tag was just read.
func (r *xmlReader) skip() error {
	_, err := r.text()
	return err
}

// text is the character data of the element whose start tag was just read, without its children's.
func (r *xmlReader) text() (string, error) {
	var text strings.Builder
	for {
		_, more, err := r.next(&text)
		if !more || err != nil {
			return text.String(), err
		}
		if err := r.skip(); err != nil {
			return "", err
		}
	}
}

// value reads the element whose start tag was just read.
func (r *xmlReader) value(p *plan, start xml.StartElement) (any, error) {
	switch p.kind {
	case catalog.Structure:
		document := map[string]any{}
		return document, r.structure(p, start, document)
	case catalog.List:
		return r.list(p)
	case catalog.Map:
		return r.mapping(p)
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	return parseText(p, text, iso8601)
}

func (r *xmlReader) structure(p *plan, start xml.StartElement, document map[string]any) error {
	for i := range p.fields {
		if f := &p.fields[i]; f.member.XMLAttribute {
			if err := setAttribute(f, start, document); err != nil {
				return err
			}
		}
	}
	for {
		child, more, err := r.next(nil)
		if !more || err != nil {
			return err
		}
		f := p.fieldOfElement(child.Name.Local)
		if f == nil {
			if err := r.skip(); err != nil {
				return err
			}
			continue
		}
		if err := r.member(f, child, document); err != nil {
			return err
		}
	}
}

func setAttribute(f *field, start xml.StartElement, document map[string]any) error {
	name := f.wire[strings.LastIndexByte(f.wire, ':')+1:]
	for _, attribute := range start.Attr {
		if attribute.Name.Local == name {
			value, err := parseText(f.plan, attribute.Value, iso8601)
			document[f.member.Name] = value
			return err
		}
	}
	return nil
}

func (r *xmlReader) member(f *field, start xml.StartElement, document map[string]any) error {
	if !isFlat(f) {
		value, err := r.value(f.plan, start)
		document[f.member.Name] = value
		return err
	}
	switch f.plan.kind {
	case catalog.List:
		value, err := r.value(f.plan.element, start)
		list, _ := document[f.member.Name].([]any)
		document[f.member.Name] = append(list, value)
		return err
	case catalog.Map:
		entries, _ := document[f.member.Name].(map[string]any)
		if entries == nil {
			entries = map[string]any{}
			document[f.member.Name] = entries
		}
		return r.entry(f.plan, entries)
	}
	value, err := r.value(f.plan, start)
	document[f.member.Name] = value
	return err
}

func (r *xmlReader) list(p *plan) (any, error) {
	list := []any{}
	for {
		child, more, err := r.next(nil)
		if !more || err != nil {
			return list, err
		}
		value, err := r.value(p.element, child)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
}

func (r *xmlReader) mapping(p *plan) (any, error) {
	entries := map[string]any{}
	for {
		_, more, err := r.next(nil)
		if !more || err != nil {
			return entries, err
		}
		if err := r.entry(p, entries); err != nil {
			return nil, err
		}
	}
}

// entry reads one entry of a map; its start tag was just read.
func (r *xmlReader) entry(p *plan, entries map[string]any) error {
	keyName, valueName := entryNames(p)
	var key string
	var value any
	for {
		child, more, err := r.next(nil)
		if err != nil {
			return err
		}
		if !more {
			if value != nil {
				entries[key] = value
			}
			return nil
		}
		switch child.Name.Local {
		case keyName:
			key, err = r.text()
		case valueName:
			value, err = r.value(p.element, child)
		default:
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
}

// root reads to the first start tag.
func (r *xmlReader) root() (xml.StartElement, error) {
	start, more, err := r.next(nil)
	if err == nil && !more {
		err = io.ErrUnexpectedEOF
	}
	return start, err
}

// end makes sure that nothing but white space and comments follows the root.
func (r *xmlReader) end() error {
	for {
		token, err := r.decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			if len(bytes.TrimSpace(token)) > 0 {
				return errors.New("text behind the root element")
			}
		case xml.StartElement, xml.Directive:
			return errors.New("more than one root element")
		}
	}
}

// decodeXMLError reads an error's answer in any of the XML protocols: <Error>, <ErrorResponse><Error>,
// <Response><Errors><Error>.
func decodeXMLError(status int, body []byte) *aws.Error {
	e := &aws.Error{Status: status, Sender: status < 500}
	r := newXMLReader(body)
	start, err := r.root()
	for depth := 0; err == nil && start.Name.Local != "Error" && depth < 3; depth++ {
		var more bool
		if start, more, err = r.next(nil); !more {
			break
		}
	}
	detail := aws.Document{}
	for err == nil && start.Name.Local == "Error" {
		child, more, nextErr := r.next(nil)
		if !more || nextErr != nil {
			break
		}
		text, textErr := r.text()
		if textErr != nil {
			break
		}
		switch child.Name.Local {
		case "Code":
			e.Code = strings.TrimSpace(text)
		case "Message", "message":
			e.Message = text
		case "Type":
			e.Sender = text == "Sender"
		default:
			detail[child.Name.Local] = text
		}
	}
	if len(detail) > 0 {
		e.Detail = detail
	}
	if e.Code == "" {
		e.Code = codeOfStatus(status)
	}
	return e
}
