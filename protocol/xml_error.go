package protocol

import (
	"crypto/sha512"
	"encoding/base64"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/catalog"
)

// xmlErrorBody is what stands inside <Error>: code, message and the error's detail.
func xmlErrorBody(w *xmlWriter, e *wireError, shape *catalog.Shape, detail any) {
	w.text("Code", e.code)
	w.text("Message", e.message)
	written := map[string]bool{"Code": true, "Message": true, "message": true}
	if shape != nil && detail != nil {
		if p, document, err := documentRootOf(shape, detail); err == nil {
			before := len(w.b)
			for i := range p.fields {
				f := &p.fields[i]
				value := document[f.member.Name]
				if value == nil || f.bound() || written[f.wire] {
					continue
				}
				if err := w.member(f, value); err != nil { // an error gets through without its detail
					w.b = w.b[:before]
					break
				}
				written[f.wire] = true
			}
		}
	}
	// S3 puts members into errors (Key, BucketName, Resource) that its model does not know.
	document, _ := detail.(aws.Document)
	for _, name := range sortedKeys(document) {
		if text, ok := document[name].(string); ok && legalXMLName(name) && !written[name] {
			w.text(name, text)
		}
	}
}

func legalXMLName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '-' && c != '.' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

// hostID is S3's second request id: made from the first, since it means nothing to anybody but AWS.
func hostID(call *aws.Call) string {
	if call == nil {
		return ""
	}
	sum := sha512.Sum512([]byte(call.ID))
	return base64.StdEncoding.EncodeToString(sum[:56])
}
