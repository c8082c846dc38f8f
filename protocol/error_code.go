package protocol

import (
	"strings"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// wireError is what all protocols need to know of an error before they write it.
type wireError struct {
	// code is what goes over the wire; shape the modelled shape's name, or the code.
	code, shape string
	message     string
	status      int
	sender      bool
}

// wireErrorOf fills in from the service's model what the error leaves open.
func wireErrorOf(service *catalog.Service, e *aws.Error) wireError {
	w := wireError{code: legalText(e.Code), shape: legalText(e.Shape), message: e.Message, status: e.Status, sender: e.Sender}
	if w.code == "" {
		w.code = "InternalFailure"
	}
	if service != nil {
		if model := service.Error(e.Code); model != nil {
			w.code = model.Code
			if w.code == "" {
				w.code = model.Name
			}
			if w.shape == "" {
				w.shape = model.Name
			}
			w.sender = w.sender || model.Sender
			if w.status == 0 {
				w.status = model.Status
			}
		}
	}
	if w.shape == "" {
		w.shape = w.code
	}
	if w.status < 400 || w.status > 599 {
		w.status = 500
		if w.sender {
			w.status = 400
		}
	}
	return w
}

// fault is "Sender" or "Receiver", as the query protocols say who is to blame.
func (w *wireError) fault() string {
	if w.sender || w.status < 500 {
		return "Sender"
	}
	return "Receiver"
}

// legalText drops control characters (codes come from fault rules that users write) and mends UTF-8.
func legalText(text string) string {
	clean := true
	for i := 0; i < len(text) && clean; i++ {
		clean = text[i] >= ' ' && text[i] < 0x7f
	}
	if clean {
		return text
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// headerText is text as a header value; ok is false when a header cannot carry it (not ASCII, or
// nothing left), and then the body alone says it.
func headerText(text string) (value string, ok bool) {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return "", false
		}
	}
	text = strings.TrimSpace(text)
	return text, text != ""
}

// bareCode is a code without its namespace ("ns#Code") and what some services put behind it ("Code:uri").
func bareCode(code string) string {
	if i := strings.LastIndexByte(code, '#'); i >= 0 {
		code = code[i+1:]
	}
	code, _, _ = strings.Cut(code, ":")
	return strings.TrimSpace(code)
}

// setQueryError adds the code of a service's query days, which its clients go on to see.
func (r *Reply) setQueryError(service *catalog.Service, w *wireError) {
	if service == nil || !service.QueryCompatible {
		return
	}
	if code, ok := headerText(strings.ReplaceAll(w.code, ";", "")); ok {
		r.Header[queryErrorCode] = []string{code + ";" + w.fault()}
	}
}
