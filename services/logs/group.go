package logs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/store"
)

// group is a log group, as it is stored.
type group struct {
	Name    string
	Created int64 // milliseconds
	// Retention is in days; 0: for ever.
	Retention int64  `json:",omitempty"`
	KMSKey    string `json:",omitempty"`
	Class     string
	Protected bool              `json:",omitempty"`
	Tags      map[string]string `json:",omitempty"`
}

// groupID says which group of whom.
type groupID struct{ account, region, name string }

func (g groupID) arn() string {
	return aws.NewARN("logs", g.region, g.account, "log-group:"+g.name).String()
}

func (s *Service) key(letter byte, parts ...string) []byte {
	key := append(append([]byte{}, s.prefix...), letter)
	for _, part := range parts {
		key = append(append(key, part...), 0)
	}
	return key
}

func (s *Service) groupKey(g groupID) []byte { return s.key('g', g.account, g.region, g.name) }

func groupOf(call *aws.Call, name *string) groupID {
	return groupID{call.Account, call.Region, value(name)}
}

// identified is the group of a name or of an identifier: a name, or an ARN with or without ":*".
func identified(call *aws.Call, name, identifier *string) (groupID, error) {
	switch {
	case name != nil && identifier != nil:
		return groupID{}, invalid("LogGroupName and LogGroupIdentifier are mutually exclusive: specify one of them.")
	case name != nil:
		return groupOf(call, name), nil
	case identifier == nil:
		return groupID{}, invalid("At least one of logGroupName and logGroupIdentifier must be specified.")
	}
	if !strings.HasPrefix(*identifier, "arn:") {
		return groupOf(call, identifier), nil
	}
	g, ok := parseARN(*identifier)
	if !ok {
		return groupID{}, invalid("The value %s of logGroupIdentifier is no ARN of a log group.", *identifier)
	}
	return g, reachable(call, g)
}

// parseARN reads the ARN of a group, with or without ":*".
func parseARN(text string) (groupID, bool) {
	arn, ok := aws.ParseARN(text)
	if !ok || arn.Service != "logs" {
		return groupID{}, false
	}
	name, ok := strings.CutPrefix(strings.TrimSuffix(arn.Resource, ":*"), "log-group:")
	return groupID{arn.Account, arn.Region, name}, ok && name != "" && groupForm.MatchString(name)
}

// reachable refuses groups of other accounts and regions: AWS does, without a link between the accounts.
func reachable(call *aws.Call, g groupID) error {
	if g.account != call.Account || g.region != call.Region {
		return groupNotFound()
	}
	return nil
}

type reader interface {
	Get(key []byte) ([]byte, error)
}

func read[T any](r reader, key []byte, missing func() *aws.Error) (*T, error) {
	stored, err := r.Get(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing()
	}
	if err != nil {
		return nil, err
	}
	v := new(T)
	return v, json.Unmarshal(stored, v)
}

func write(w store.Writer, key []byte, v any) error {
	encoded, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return w.Set(key, encoded)
}

func (s *Service) readGroup(r reader, g groupID) (*group, error) {
	return read[group](r, s.groupKey(g), groupNotFound)
}

// changeGroup changes a group, or what is below it. What fn leaves in the group is stored.
func (s *Service) changeGroup(ctx context.Context, g groupID, fn func(w store.Writer, of *group) error) error {
	return s.store.Update(ctx, [][]byte{s.groupKey(g)}, func(w store.Writer) error {
		of, err := s.readGroup(w, g)
		if err != nil {
			return err
		}
		if err := fn(w, of); err != nil {
			return err
		}
		return write(w, s.groupKey(g), of)
	})
}

// oldest is the time of the oldest event that the group's retention lets live, in milliseconds.
func (g *group) oldest(now time.Time) int64 {
	if g.Retention == 0 {
		return 0
	}
	return now.Add(-time.Duration(g.Retention) * 24 * time.Hour).UnixMilli()
}

// storedBytes is what a group's streams hold.
func (s *Service) storedBytes(r store.Reader, g groupID) (total int64, err error) {
	err = r.Scan(store.Prefix(s.key('s', g.account, g.region, g.name)), func(_, stored []byte) (bool, error) {
		var of stream
		if err := json.Unmarshal(stored, &of); err != nil {
			return false, err
		}
		total += of.Bytes
		return true, nil
	})
	return total, err
}
