package sigv4

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Signer signs requests to one service of one region.
type Signer struct {
	AccessKey, Secret string
	// Token is the session's; empty: the key lasts.
	Token string
	// Region and Service are of the scope.
	Region, Service string
}

// Sign signs a request with signature version 4 in its header: host, content type, all x-amz-* headers and the
// body, which is to be what will be sent. Date and session token are added.
func (c *Signer) Sign(r *http.Request, body []byte, at time.Time) {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	date := at.UTC().Format(timeForm)
	r.Header.Set("X-Amz-Date", date)
	if c.Token != "" {
		r.Header.Set("X-Amz-Security-Token", c.Token)
	}
	s := Signature{AccessKey: c.AccessKey, Region: c.Region, Service: c.Service, ScopeDate: date[:8], Date: date, SignedHeaders: []string{"host"}}
	for name := range r.Header {
		if lower := strings.ToLower(name); lower == "content-type" || strings.HasPrefix(lower, "x-amz-") {
			s.SignedHeaders = append(s.SignedHeaders, lower)
		}
	}
	slices.Sort(s.SignedHeaders)
	r.Header.Set("Authorization", algorithm+" Credential="+strings.Join([]string{c.AccessKey, s.ScopeDate, c.Region, c.Service, "aws4_request"}, "/")+
		", SignedHeaders="+strings.Join(s.SignedHeaders, ";")+", Signature="+hex.EncodeToString(s.make(r, body, c.Secret)))
}
