package dynamodb

import (
	"slices"
	"strings"
	"unicode"

	"github.com/brownoutdev/brownout/aws"
)

const (
	mostTags   = 50
	tagsOnPage = 10
)

// tagged is the table whose tags a call is about.
func (s *Service) tagged(call *aws.Call, arn *string) (*table, error) {
	if arn == nil {
		return nil, errNoTagged()
	}
	var c constraints
	c.length("resourceArn", arn, 1, 1283)
	if err := c.err(); err != nil {
		return nil, err
	}
	named, err := parseResource(call, *arn)
	if err != nil {
		return nil, err
	}
	if named.table.region != call.Region {
		return nil, invalid("Invalid TableArn: Invalid ResourceArn provided as input " + *arn)
	}
	if t := (*s.tables.Load())[named.table]; t != nil && named.stream == "" {
		return t, nil
	}
	return nil, refused(codeNotFound, "Requested resource not found: ResourcArn: "+*arn+" not found")
}

// checkTags judges tags that are to be set.
func checkTags(tags []Tag) error {
	seen := map[string]bool{}
	for _, tag := range tags {
		switch key := *tag.Key; {
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return invalid("Tag Key cannot be prefixed with aws:, Key: " + key)
		case !isTagText(key):
			return invalid("Tag Key contains characters that are not allowed, Key: " + key)
		case !isTagText(*tag.Value):
			return invalid("Tag Value contains characters that are not allowed, Key: " + key)
		case seen[key]:
			return invalid("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + key)
		default:
			seen[key] = true
		}
	}
	if len(tags) > mostTags {
		return errTooManyTags()
	}
	return nil
}

// isTagText is whether a text has only what AWS allows in tags: letters, numbers and spaces of any script, and + - = . _ : / @.
func isTagText(text string) bool {
	for _, c := range text {
		if !unicode.IsLetter(c) && !unicode.IsNumber(c) && !unicode.IsMark(c) && !unicode.IsSpace(c) && !strings.ContainsRune("+-=._:/@", c) {
			return false
		}
	}
	return true
}

// errNoTagged answers a call that names nothing to tag.
func errNoTagged() *aws.Error { return invalid("Invalid TableArn") }

func errTooManyTags() *aws.Error {
	return invalid("Number of Tags exceed the current limit for the provided ResourceArn")
}

// merged are tags with others set, in the order in which their keys came.
func merged(tags, more []Tag) []Tag {
	out := slices.Clone(tags)
	for _, tag := range more {
		if i := slices.IndexFunc(out, func(t Tag) bool { return *t.Key == *tag.Key }); i >= 0 {
			out[i] = tag
		} else {
			out = append(out, tag)
		}
	}
	return out
}

// tags checks a list of tags.
func (c *constraints) tags(tags []Tag) {
	for i := range tags {
		tag, path := &tags[i], member("tags", i)
		c.required(path+".key", tag.Key == nil)
		c.length(path+".key", tag.Key, 1, 128)
		c.required(path+".value", tag.Value == nil)
		c.length(path+".value", tag.Value, 0, 256)
	}
}

// nothing is the output of operations that have none.
type nothing struct{}
