package expression

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/internal/jsonscan"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// The scripts in testdata are cases in two or three lines:
//
//	condition a = :x        the expression: condition, filter, key, projection or update
//	= true                  what comes of it, or
//	! Syntax error; ...     its fault, without the "Invalid ConditionExpression: " before it, or
//	!! text                 a fault that has no such words before it
//	touched {...}           for updates: the part of the new item that was written
//
// Lines item, names and values set what the cases below them work with. A line "unused" holds the
// placeholders that the expression above left unused against the result below.

type script struct {
	t      *testing.T
	file   string
	line   int
	item   item.Item
	names  map[string]string
	values item.Item
	cases  int
	open   bool // a case has no result yet

	placeholders *Placeholders
	result       string
	update       *Update
	updated      item.Item
}

func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	cases := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s := &script{t: t, file: file}
		for _, line := range strings.Split(string(text), "\n") {
			s.line++
			s.run(line)
		}
		cases += s.cases
	}
	if cases < 150 {
		t.Errorf("only %d cases", cases)
	}
}

func (s *script) fail(format string, arguments ...any) {
	s.t.Helper()
	s.t.Errorf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, arguments...))
}

func (s *script) run(line string) {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "=", "!", "!!":
		s.open = false
	case "condition", "filter", "key", "projection", "update", "check":
		if s.open {
			s.fail("the case before has no result")
		}
		s.open = true
	}
	switch command {
	case "", "#":
	case "item":
		s.item = s.readItem(rest)
	case "values":
		s.values = s.readItem(rest)
	case "names":
		s.names = nil
		if err := json.Unmarshal([]byte(rest), &s.names); err != nil {
			s.fail("%v", err)
		}
	case "condition", "filter", "key", "projection", "update":
		s.cases++
		s.placeholders = NewPlaceholders(s.names, s.values)
		s.result = s.expression(command, rest)
	case "check":
		s.cases++
		s.result = outcomeText("", s.placeholders.Check())
	case "unused":
		s.result = outcomeText("", s.placeholders.Unused())
	case "=", "!", "!!":
		if s.result != line {
			s.fail("\n got  %s\n want %s", s.result, line)
		}
	case "touched":
		if got := string(s.update.Touched(s.updated).AppendJSON(nil)); got != rest {
			s.fail("touched\n got  %s\n want %s", got, rest)
		}
	default:
		s.fail("no such command: %s", command)
	}
}

func (s *script) readItem(text string) item.Item {
	if text == "none" {
		return nil
	}
	scanner := jsonscan.New([]byte(text))
	var it item.Item
	if err := it.DecodeJSON(&scanner); err != nil {
		s.fail("%v", err)
	}
	return it
}

// outcomeText is a result or a fault as scripts write it.
func outcomeText(result string, err error) string {
	var known *item.Error
	switch {
	case err == nil:
		return "= " + result
	case !errors.As(err, &known):
		return "not an *item.Error: " + err.Error()
	}
	for kind := ConditionExpression; kind <= UpdateExpression; kind++ {
		if text, ok := strings.CutPrefix(err.Error(), "Invalid "+kind.String()+": "); ok {
			return "! " + text
		}
	}
	return "!! " + err.Error()
}

func (s *script) expression(command, text string) string {
	switch command {
	case "condition", "filter":
		kind := ConditionExpression
		if command == "filter" {
			kind = FilterExpression
		}
		c, err := ParseCondition(kind, text, s.placeholders)
		if err != nil {
			return outcomeText("", err)
		}
		got, err := c.Matches(s.item)
		fromStored, storedErr := c.Matches(item.Stored(item.Encode(s.item)))
		if err != nil || storedErr != nil || got != fromStored {
			s.fail("item says %v, %v; stored item says %v, %v", got, err, fromStored, storedErr)
		}
		return outcomeText(fmt.Sprint(got), nil)
	case "key":
		c, err := ParseCondition(KeyConditionExpression, text, s.placeholders)
		if err != nil {
			return outcomeText("", err)
		}
		keys, err := c.Keys()
		return outcomeText(keysText(keys), err)
	case "projection":
		return s.projection(text)
	}
	before := string(s.item.AppendJSON(nil))
	var err error
	if s.update, err = ParseUpdate(text, s.placeholders); err != nil {
		return outcomeText("", err)
	}
	s.updated, err = s.update.Apply(s.item)
	var late *ItemError
	if err != nil && !errors.As(err, &late) {
		s.fail("%v is no *ItemError", err)
	}
	if after := string(s.item.AppendJSON(nil)); after != before {
		s.fail("the old item was changed to %s", after)
	}
	return outcomeText(string(s.updated.AppendJSON(nil)), err)
}

func (s *script) projection(text string) string {
	p, err := ParseProjection(text, s.placeholders)
	if err != nil {
		return outcomeText("", err)
	}
	got := p.Apply(s.item)
	raw, err := p.AppendJSON(nil, item.Encode(s.item))
	if fromStored := s.readItem(string(raw)); err != nil || !item.EqualItems(got, fromStored) {
		s.fail("stored item gives %s, %v", raw, err)
	}
	return outcomeText(string(got.AppendJSON(nil)), nil)
}

func keysText(keys KeyConditions) string {
	var parts []string
	for _, k := range keys {
		part := k.Attribute + " " + k.Operator.String()
		for _, v := range k.Values {
			part += " " + string(v.AppendJSON(nil))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}
