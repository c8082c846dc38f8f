package dynamodb

import (
	"encoding/json"
	"strconv"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/store"
)

const (
	mostPolicyBytes  = 20 << 10
	codeNoPolicy     = "PolicyNotFoundException"
	noPolicyRevision = "NO_POLICY" // what ExpectedRevisionId says when there must be no policy
)

// checkPolicy judges a policy as far as Brownout does: nobody evaluates it.
func checkPolicy(text *string) error {
	if text == nil {
		return nil
	}
	if len(*text) > mostPolicyBytes {
		return invalidParameter("Maximum policy size of " + strconv.Itoa(mostPolicyBytes) + " bytes exceeded")
	}
	var document map[string]any
	if json.Unmarshal([]byte(*text), &document) != nil {
		return invalidParameter("Invalid policy document: This policy contains invalid Json")
	}
	return nil
}

// newRevision is the form of policies' revision ids: the time in milliseconds.
func (s *Service) newRevision() string {
	return strconv.FormatInt(s.clock.Now().UnixMilli(), 10) + strconv.FormatUint(s.ids.Uint64()%1000000, 10)
}

func errNoPolicy(arn string) *aws.Error {
	return refused(codeNoPolicy, "Resource-based policy not found for the provided ResourceArn: "+arn)
}

// policed checks the ResourceArn of an operation on policies.
func policed(call *aws.Call, arn *string, more func(c *constraints)) (resource, error) {
	var c constraints
	c.required("resourceArn", arn == nil)
	c.length("resourceArn", arn, 1, 1283)
	if more != nil {
		more(&c)
	}
	if err := c.err(); err != nil {
		return resource{}, err
	}
	named, err := parseResource(call, *arn)
	if err == nil && named.table.region != call.Region {
		err = invalidParameter("Invalid resource Arn: " + *arn)
	}
	return named, err
}

// policy is the policy of a table or a stream; nil when it has none.
func (s *Service) policy(named resource) (*resourcePolicy, error) {
	if named.stream != "" {
		x := s.stream(streamName{named.table, named.stream})
		if x == nil {
			return nil, refused(codeNotFound, "Requested resource not found: Stream: "+named.stream+" not found for Table: "+named.table.name)
		}
		return x.state.Load().Policy, nil
	}
	t := (*s.tables.Load())[named.table]
	if t == nil {
		return nil, errNoTableNamed(named.table.name)
	}
	return t.state.Load().descriptor.Policy, nil
}

// changePolicy sets the policy of a table or a stream, or takes it away, unless its revision is another
// than the caller expects. It answers the policy before. s.changing is held.
func (s *Service) changePolicy(r *services.Request, named resource, arn string, expected *string, next *resourcePolicy) (*resourcePolicy, error) {
	before, err := s.policy(named)
	if err != nil {
		return nil, err
	}
	switch {
	case expected == nil:
	case before == nil && *expected != noPolicyRevision, before != nil && *expected != before.Revision:
		return nil, refused(codeNoPolicy, "Resource-based policy not found for the provided ResourceArn: "+arn+" and ExpectedRevisionId: "+*expected)
	}
	if next == nil && before == nil {
		return nil, nil
	}
	if named.stream != "" {
		return before, s.changeStreamPolicy(r, s.stream(streamName{named.table, named.stream}), next)
	}
	t := (*s.tables.Load())[named.table]
	d, err := t.state.Load().descriptor.copy()
	if err != nil {
		return nil, err
	}
	d.Policy = next
	_, err = s.change(r, t, d)
	return before, err
}

func (s *Service) changeStreamPolicy(r *services.Request, x *stream, next *resourcePolicy) error {
	d := x.state.Load().copy()
	d.Policy = next
	err := s.store.Update(r, [][]byte{d.key(s.prefix)}, func(w store.Writer) error { return s.saveStream(w, d) })
	if err == nil {
		x.state.Store(d)
	}
	return err
}
