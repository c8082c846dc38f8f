package journal

import (
	"encoding/json"
	"math"
	"time"
)

// Record is what happened to one call.
type Record struct {
	// Sequence numbers the calls of a server from 1, in the order in which they ended. Add sets it.
	Sequence uint64 `json:"sequence"`
	// At is when the call came in, on the server's movable clock.
	At time.Time `json:"at"`
	// ID is the request id that the answer carries.
	ID        string `json:"id"`
	Service   string `json:"service"`
	Operation string `json:"operation"` // empty: the service has no such operation
	Region    string `json:"region"`
	Account   string `json:"account"`
	// AccessKey is the caller's access key id (never the secret); empty for an unsigned call.
	AccessKey string `json:"access_key,omitempty"`
	// Caller is the ARN of the caller's role or user, where it is known.
	Caller string `json:"caller,omitempty"`
	// Status is the HTTP status of the answer; 499 when the client went away before it had one; 0 when
	// a fault kept every answer from it (a reset connection).
	Status int `json:"status"`
	// Code is the error code of the answer; empty for success.
	Code string `json:"code,omitempty"`
	// InjectedError says that a rule's error, not the service's, is the answer (or a rule kept it away).
	InjectedError bool `json:"injected_error,omitempty"`
	// Rules are those that hit, in the order of the rules; MoreRules counts those that did not fit in.
	Rules     []Hit `json:"rules,omitempty"`
	MoreRules int   `json:"more_rules,omitempty"`
	// InvocationID is the same for all attempts of one logical call; empty when the client sends none.
	InvocationID string `json:"invocation_id,omitempty"`
	// Attempt and MaxAttempts are what the client says of itself; 0 when it says nothing. With
	// EstimatedAttempt the number is not the client's: Brownout counted calls that look the same.
	Attempt          int  `json:"attempt,omitempty"`
	MaxAttempts      int  `json:"max_attempts,omitempty"`
	EstimatedAttempt bool `json:"estimated_attempt,omitempty"`
	// BytesIn and BytesOut count bodies, without headers.
	BytesIn  int64 `json:"bytes_in"`
	BytesOut int64 `json:"bytes_out"`
	// Total is from the request's arrival until the answer was known, in real time. Of it, Injected
	// was waited because rules said so, Upstream was spent waiting for an upstream, and Work is the rest.
	Total    time.Duration `json:"total_ms"`
	Injected time.Duration `json:"injected_ms"`
	Work     time.Duration `json:"work_ms"`
	Upstream time.Duration `json:"upstream_ms"`
	// Others are further operations that an ambiguous request can have meant ("neptune.CreateDBCluster").
	Others []string `json:"others,omitempty"`
	// ClientGone says that the client went away before it had an answer.
	ClientGone bool `json:"client_gone,omitempty"`
}

// Hit is a rule that did something to a call.
type Hit struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
	Kind  string `json:"kind"` // of its effect: "error", "delay", ...
}

// Name is "service.Operation", as the log shows it.
func (r *Record) Name() string {
	if r.Operation == "" {
		return r.Service + ".Unknown"
	}
	return r.Service + "." + r.Operation
}

// Failed reports whether the caller got an error, or no answer.
func (r *Record) Failed() bool { return r.Status == 0 || r.Status >= 400 }

// fields is Record without its methods.
type fields Record

// wire is a record as JSON has it: times are milliseconds, with three decimals.
type wire struct {
	*fields
	Total    milliseconds `json:"total_ms"`
	Injected milliseconds `json:"injected_ms"`
	Work     milliseconds `json:"work_ms"`
	Upstream milliseconds `json:"upstream_ms"`
}

type milliseconds float64

func toMilliseconds(d time.Duration) milliseconds {
	return milliseconds(float64(d.Round(time.Microsecond).Microseconds()) / 1000)
}

func (m milliseconds) duration() time.Duration {
	return time.Duration(math.Round(float64(m)*1000)) * time.Microsecond
}

// MarshalJSON implements json.Marshaler.
func (r Record) MarshalJSON() ([]byte, error) {
	r.At = r.At.UTC().Truncate(time.Microsecond)
	return json.Marshal(wire{(*fields)(&r), toMilliseconds(r.Total), toMilliseconds(r.Injected), toMilliseconds(r.Work), toMilliseconds(r.Upstream)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Record) UnmarshalJSON(text []byte) error {
	w := wire{fields: (*fields)(r)}
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	r.Total, r.Injected, r.Work, r.Upstream = w.Total.duration(), w.Injected.duration(), w.Work.duration(), w.Upstream.duration()
	return nil
}
