package logs

import (
	"encoding/json"
	"strings"

	"github.com/brownoutdev/brownout/store"
)

// groups calls fn for each group of an account in a region whose name begins with prefix, in order of
// names. An empty account means all.
func (s *Service) groups(r store.Reader, account, region, prefix string, fn func(groupID, *group) error) error {
	start := s.key('g')
	if account != "" {
		start = append(s.key('g', account, region), prefix...)
	}
	head := len(s.key('g'))
	return r.Scan(store.Prefix(start), func(key, stored []byte) (bool, error) {
		var of group
		if err := json.Unmarshal(stored, &of); err != nil {
			return false, err
		}
		parts := strings.Split(string(key[head:]), "\x00")
		return true, fn(groupID{parts[0], parts[1], parts[2]}, &of)
	})
}
