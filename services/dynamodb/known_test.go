package dynamodb_test

import (
	"context"
	"regexp"
	"strings"
	"time"
)

// known are the last values of members that nobody can foresee; scripts have a name for each.
type known map[string]string

var unforeseen = []struct {
	name   string
	member *regexp.Regexp
}{
	{"$ITERATOR", regexp.MustCompile(`"(?:Next)?ShardIterator":"([^"]+)"`)},
	{"$SHARD", regexp.MustCompile(`"ShardId":"([^"]+)"`)},
	{"$BACKUP", regexp.MustCompile(`"BackupArn":"([^"]+)"`)},
	{"$REVISION", regexp.MustCompile(`"RevisionId":"([^"]+)"`)},
}

// fill puts the values into a command.
func (k known) fill(text string) string {
	for name, value := range k {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

// hide remembers the values of an answer and puts their names there.
func (k *known) hide(text string) string {
	if *k == nil {
		*k = known{}
	}
	for _, u := range unforeseen {
		for _, found := range u.member.FindAllStringSubmatch(text, -1) {
			(*k)[u.name] = found[1] // the last counts
		}
		if value := (*k)[u.name]; value != "" {
			text = strings.ReplaceAll(text, value, u.name)
		}
	}
	return text
}

// advance moves the clock and lets everything happen that is due.
func (s *server) advance(by string) {
	s.t.Helper()
	d, err := time.ParseDuration(by)
	if err != nil {
		s.t.Fatal(err)
	}
	s.clock.by.Add(int64(d))
	if err := s.made.Tick(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}
