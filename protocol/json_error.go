package protocol

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// coralNamespaces are those of the errors that AWS's framework answers before the service sees the
// call. They stand for services that put namespaces before their codes and do not model the error.
var coralNamespaces = map[string]string{
	"ValidationException":                 "com.amazon.coral.validate",
	"ThrottlingException":                 "com.amazon.coral.availability",
	"SerializationException":              coralService,
	"UnknownOperationException":           coralService,
	"InternalFailure":                     coralService,
	"AccessDeniedException":               coralService,
	"UnrecognizedClientException":         coralService,
	"InvalidSignatureException":           coralService,
	"IncompleteSignatureException":        coralService,
	"MissingAuthenticationTokenException": coralService,
}

// typeOf is what stands in __type.
func typeOf(service *catalog.Service, e *aws.Error, code string) string {
	namespace := e.Namespace
	if namespace == "" && service != nil && service.Traits.ErrorNamespace != "" {
		namespace = service.Traits.ErrorNamespace
		if coral := coralNamespaces[e.Code]; coral != "" && service.Error(e.Code) == nil {
			namespace = coral
		}
	}
	if namespace == "" {
		return code
	}
	return namespace + "#" + code
}

// messageKey is how the error spells "message": as the model has it, and for some errors of AWS's
// framework with a capital.
func messageKey(shape *catalog.Shape, code string, framework bool) string {
	if shape != nil {
		for _, m := range shape.Members {
			if strings.EqualFold(m.Name, "message") && m.Location == "" {
				if m.LocationName != "" {
					return m.LocationName
				}
				return m.Name
			}
		}
	}
	switch code {
	case "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignatureException", "AccessDeniedException":
		if framework {
			return "Message"
		}
	}
	return "message"
}

// pair is one string member of an error's body.
type pair struct{ key, value string }

// appendJSONError writes an error's body: the given members, then its detail.
func appendJSONError(b []byte, shape *catalog.Shape, detail any, pairs []pair) []byte {
	inner := detailJSON(shape, detail)
	taken := map[string]bool{}
	if inner != nil {
		scanner := jsonscan.New(inner)
		if value, err := scanner.Value(); err == nil {
			for key := range value.(map[string]any) {
				taken[key] = true
			}
		}
	}
	b = append(b, '{')
	start := len(b)
	for _, pair := range pairs {
		if pair.value == "" || taken[pair.key] {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(jsonscan.AppendString(b, pair.key), ':')
		b = jsonscan.AppendString(b, pair.value)
	}
	if len(inner) > 2 {
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, inner[1:len(inner)-1]...)
	}
	return append(b, '}')
}

// detailJSON is an error's detail as a JSON object; nil when there is none. A detail that cannot be
// written is left out: an error must always get through.
func detailJSON(shape *catalog.Shape, detail any) []byte {
	if detail == nil {
		return nil
	}
	var text []byte
	var err error
	if shape != nil {
		var p *plan
		var v reflect.Value
		if p, v, err = rootValue(shape, detail); err == nil && !detailEncodes(detail) {
			text, err = appendJSONRoot(nil, p, v, true)
		}
	}
	if text == nil || err != nil {
		if text, err = appendJSONAny(nil, detail); err != nil {
			return nil
		}
	}
	scanner := jsonscan.New(text)
	if scanner.Peek() != jsonscan.Object || scanner.Skip() != nil || scanner.End() != nil {
		return nil
	}
	return text
}

func detailEncodes(detail any) bool {
	_, ok := detail.(JSONEncoder)
	return ok
}

// errorShape is the modelled structure of an error, where the catalogue has it.
func errorShape(service *catalog.Service, e *aws.Error) *catalog.Shape {
	if service == nil {
		return nil
	}
	for _, name := range [...]string{e.Shape, e.Code} {
		if model := service.Error(name); name != "" && model != nil {
			return model.Shape
		}
	}
	return nil
}

// decodeJSONError reads an error's answer, of AWS or of anything between us and it.
func decodeJSONError(response *http.Response, body []byte) *aws.Error {
	e := &aws.Error{Status: response.StatusCode, Sender: response.StatusCode < 500}
	scanner := jsonscan.New(body)
	value, err := scanner.Value()
	members, ok := value.(map[string]any)
	if err == nil && ok {
		text := func(keys ...string) string {
			for _, key := range keys {
				if found, ok := members[key].(string); ok {
					delete(members, key)
					return found
				}
			}
			return ""
		}
		e.Message = text("message", "Message", "errorMessage")
		kind := text("__type", "code", "Code")
		e.Code = bareCode(kind)
		if namespace, _, found := strings.Cut(kind, "#"); found {
			e.Namespace = namespace
		}
		delete(members, "code")
		if len(members) > 0 {
			e.Detail = aws.Document(members)
		}
	}
	if code := bareCode(response.Header.Get(errorTypeHeader)); code != "" {
		e.Code = code
	}
	decodeQueryError(response, e)
	if e.Code == "" {
		e.Code = codeOfStatus(response.StatusCode)
	}
	return e
}

// decodeQueryError takes the code of the service's query days from its header.
func decodeQueryError(response *http.Response, e *aws.Error) {
	legacy := response.Header.Get(queryErrorCode)
	if legacy == "" {
		return
	}
	code, fault, _ := strings.Cut(legacy, ";")
	if code != "" && code != e.Code {
		e.Shape, e.Code = e.Code, code
	}
	e.Sender = fault == "Sender"
}

// codeOfStatus names an answer that holds no error: "ServiceUnavailable" for 503.
func codeOfStatus(status int) string {
	if name := strings.ReplaceAll(http.StatusText(status), " ", ""); name != "" {
		return name
	}
	return "UnknownError"
}
