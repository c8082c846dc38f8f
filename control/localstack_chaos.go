package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/brownoutdev/brownout/fault"
)

// chaos is LocalStack's Chaos API: an array of fault rules, of which the first that matches a call
// decides, and a latency that all calls get. Both are rules of the owner "chaos" like any others; what
// is kept here is only their form as LocalStack's users wrote it.
type chaos struct {
	rules *fault.Rules
	// changing is held from looking at the rules until they are changed.
	changing *sync.Mutex

	faults  []chaosFault
	made    uint64 // numbers the rules
	latency int64  // milliseconds
}

// chaosFault is one element of the array.
type chaosFault struct {
	id   string
	text json.RawMessage // as it was written
	same string          // two elements are equal when these are
	rule fault.Rule
}

const (
	chaosGroup     = "chaos"
	chaosLatencyID = "chaos-latency"
	// What LocalStack's calls fail with. Its documents name the code ServiceUnavailable; what its users
	// see is this one.
	outageCode    = "ServiceUnavailableException"
	outageStatus  = http.StatusServiceUnavailable
	outageMessage = "Service '{service}' not accessible due to an outage"
	// mostDescription is how many characters a description has at most.
	mostDescription = 8192
)

var (
	chaosRegion    = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)
	chaosService   = regexp.MustCompile(`^[a-zA-Z0-9-_]+$`)
	chaosOperation = regexp.MustCompile(`^[a-zA-Z]+$`)
	chaosCode      = regexp.MustCompile(`^[a-zA-Z0-9]+$`)
)

// parseChaosFaults reads an array of fault rules, as LocalStack's OpenAPI document has it.
func parseChaosFaults(body []byte) ([]chaosFault, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil || list == nil {
		return nil, errors.New("the body is not an array of fault rules")
	}
	faults := make([]chaosFault, len(list))
	for i, text := range list {
		f, err := parseChaosFault(text)
		if err != nil {
			return nil, fmt.Errorf("[%d]%w", i, err)
		}
		if at := slices.IndexFunc(faults[:i], f.equals); at >= 0 {
			return nil, fmt.Errorf("[%d]: is the same as [%d]; each fault rule can be there once", i, at)
		}
		faults[i] = f
	}
	return faults, nil
}

func (f chaosFault) equals(other chaosFault) bool { return f.same == other.same }

func parseChaosFault(text json.RawMessage) (chaosFault, error) {
	f := chaosFault{}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return f, fmt.Errorf(": %w", err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return f, errors.New(": is not an object")
	}
	same, err := json.Marshal(value) // sorted keys, and 1 is 1.0
	if err != nil {
		return f, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return f, err
	}
	f.same, f.text = string(same), compact.Bytes()
	outage := map[string]any{"statusCode": float64(outageStatus), "code": outageCode}
	f.rule = fault.Rule{Owner: OwnerChaos, Group: chaosGroup}
	for name, member := range object {
		if err := f.set(name, member, outage); err != nil {
			return f, err
		}
	}
	f.rule.Effect = fault.ErrorWith(outage["code"].(string), int(outage["statusCode"].(float64)), outageMessage)
	return f, nil
}

// set reads one member.
func (f *chaosFault) set(name string, value any, outage map[string]any) error {
	text, isText := value.(string)
	way := "." + name
	pattern := func(form *regexp.Regexp, into *fault.Patterns) error {
		if !isText || !form.MatchString(text) {
			return fmt.Errorf("%s: %v does not match %s", way, quoted(value), form)
		}
		*into = fault.Patterns{text}
		return nil
	}
	switch name {
	case "region":
		return pattern(chaosRegion, &f.rule.Match.Region)
	case "service":
		return pattern(chaosService, &f.rule.Match.Service)
	case "operation":
		return pattern(chaosOperation, &f.rule.Match.Operation)
	case "probability":
		probability, ok := value.(float64)
		if !ok || !(probability >= 0 && probability <= 1) {
			return fmt.Errorf("%s: %v is not a number from 0 to 1", way, quoted(value))
		}
		share := probability * 100
		f.rule.When.Share = &share
	case "description":
		if !isText || utf8.RuneCountInString(text) > mostDescription {
			return fmt.Errorf("%s: is not a text of %d characters at most", way, mostDescription)
		}
		f.rule.Description = text
	case "error":
		return readOutage(value, outage)
	default:
		return fmt.Errorf("%s: there is no such field; there are region, service, operation, probability, error and description", way)
	}
	return nil
}

func readOutage(value any, outage map[string]any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf(".error: %v is not an object", quoted(value))
	}
	for name, member := range object {
		switch name {
		case "statusCode":
			status, ok := member.(float64)
			if !ok || status != float64(int(status)) || status < 400 || status > 599 {
				return fmt.Errorf(".error.statusCode: %v is not a whole number from 400 to 599", quoted(member))
			}
		case "code":
			code, ok := member.(string)
			if !ok || !chaosCode.MatchString(code) {
				return fmt.Errorf(".error.code: %v does not match %s", quoted(member), chaosCode)
			}
		default:
			return fmt.Errorf(".error.%s: there is no such field; there are statusCode and code", name)
		}
		outage[name] = member
	}
	return nil
}

// quoted is a JSON value as an error shows it.
func quoted(value any) string {
	text, err := json.Marshal(value)
	if err != nil || len(text) > 100 {
		return "the value"
	}
	return string(text)
}

// list is the array as it is in force: somebody else may have taken the rules out. changing is held.
func (c *chaos) list() []chaosFault {
	return slices.DeleteFunc(slices.Clone(c.faults), func(f chaosFault) bool {
		_, there := c.rules.Get(f.id)
		return !there
	})
}

// put puts the array into force, and answers it; or why it cannot be. changing is held.
func (c *chaos) put(w http.ResponseWriter, faults []chaosFault) {
	made := c.made
	rules := make([]fault.Rule, len(faults))
	for i := range faults {
		if faults[i].id == "" {
			made++
			faults[i].id = chaosGroup + "-" + strconv.FormatUint(made, 10)
			faults[i].rule.ID = faults[i].id
		}
		rules[i] = faults[i].rule
	}
	old := func(rule fault.Rule) bool { return rule.Owner == OwnerChaos && rule.ID != chaosLatencyID }
	if _, _, err := c.rules.Replace(old, rules...); err != nil {
		var wrong *fault.RuleError
		if errors.As(err, &wrong) {
			err = fmt.Errorf("[%d].%s: %s", wrong.Index, chaosField(wrong.Field), wrong.Message)
		}
		badRequest(w, err)
		return
	}
	c.faults, c.made = faults, made
	c.answer(w, faults)
}

// chaosField is LocalStack's name for the field of a rule.
func chaosField(field string) string {
	for from, to := range map[string]string{"match.service": "service", "match.operation": "operation", "match.region": "region"} {
		if field == from {
			return to
		}
	}
	return field
}

func (c *chaos) answer(w http.ResponseWriter, faults []chaosFault) {
	list := make([]json.RawMessage, len(faults))
	for i, f := range faults {
		list[i] = f.text
	}
	answer(w, http.StatusOK, list)
}

func badRequest(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
}

// setLatency puts a latency into force, 0 for none. changing is held.
func (c *chaos) setLatency(milliseconds int64) error {
	if milliseconds == 0 {
		c.rules.RemoveID(chaosLatencyID)
	} else {
		err := c.rules.Put(fault.Rule{
			ID: chaosLatencyID, Owner: OwnerChaos, Effect: fault.DelayBy(time.Duration(milliseconds) * time.Millisecond),
		})
		if err != nil {
			return err
		}
	}
	c.latency = milliseconds
	return nil
}

// currentLatency is the latency in force. changing is held.
func (c *chaos) currentLatency() int64 {
	if _, there := c.rules.Get(chaosLatencyID); !there {
		return 0
	}
	return c.latency
}
