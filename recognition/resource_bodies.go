package recognition

import (
	"bytes"
	"encoding/xml"
	"maps"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"github.com/brownoutdev/brownout/internal/jsonscan"
)

// form takes the parameters of a query string or form: "QueueUrl", "InstanceId.1", "DBInstanceIdentifiers.member.1".
func (g *gathering) form(text string) {
	for text != "" {
		var name, value string
		name, value, text = nextPair(text)
		name, _, _ = strings.Cut(decoded(name), ".")
		if strings.HasPrefix(name, "X-Amz-") {
			continue // of a presigned URL
		}
		g.member(name, decoded(value))
	}
}

// object takes the top-level members of a JSON object, and those below it that batches and
// transactions have. A body that is broken tells what stands before the break.
func (g *gathering) object(body []byte) {
	s := jsonscan.New(body)
	g.members(&s, false)
}

// members takes those of one object; false after bad input. Below the top only members that name a
// table or an event bus count: the rest is data.
func (g *gathering) members(s *jsonscan.Scanner, below bool) bool {
	if s.OpenObject() != nil {
		return false
	}
	for first := true; ; first = false {
		name, more, err := s.Key(first)
		if err != nil || !more {
			return err == nil
		}
		if !g.value(s, name, below) {
			return false
		}
	}
}

func (g *gathering) value(s *jsonscan.Scanner, name string, below bool) bool {
	switch kind := s.Peek(); {
	case kind == jsonscan.String:
		text, err := s.String()
		if err != nil {
			return false
		}
		switch {
		case name == "Statement" && g.service.Name == "dynamodb":
			g.add("table", tableOfStatement(text))
		case !below || name == "TableName" || name == "EventBusName":
			g.member(name, text)
		}
		return true
	case kind == jsonscan.Array && !below:
		return g.list(s, name)
	case kind == jsonscan.Object && name == "RequestItems" && !below && g.service.Name == "dynamodb":
		return g.keys(s, "table")
	case kind == jsonscan.Object && below && inTransaction[name]:
		return g.members(s, true)
	}
	return s.Skip() == nil
}

// batches are the members whose elements each name a resource of their own.
var batches = map[string]bool{"TransactItems": true, "TransactStatements": true, "Statements": true, "Entries": true}

// inTransaction are the members of a transaction's items.
var inTransaction = map[string]bool{"Get": true, "Put": true, "Update": true, "Delete": true, "ConditionCheck": true}

func (g *gathering) list(s *jsonscan.Scanner, name string) bool {
	if s.OpenArray() != nil {
		return false
	}
	for first := true; ; first = false {
		more, err := s.Element(first)
		if err != nil || !more {
			return err == nil
		}
		switch kind := s.Peek(); {
		case kind == jsonscan.String:
			text, err := s.String()
			if err != nil {
				return false
			}
			g.member(name, text)
		case kind == jsonscan.Object && batches[name]:
			if !g.members(s, true) {
				return false
			}
		default:
			if s.Skip() != nil {
				return false
			}
		}
	}
}

// keys takes the keys of an object as names.
func (g *gathering) keys(s *jsonscan.Scanner, kind string) bool {
	if s.OpenObject() != nil {
		return false
	}
	for first := true; ; first = false {
		name, more, err := s.Key(first)
		if err != nil || !more {
			return err == nil
		}
		g.add(kind, name)
		if s.Skip() != nil {
			return false
		}
	}
}

// tableOfStatement is the table of a PartiQL statement: what follows FROM, INTO or UPDATE, without the index.
func tableOfStatement(statement string) string {
	words := strings.Fields(statement)
	for i := 0; i+1 < len(words); i++ {
		switch strings.ToUpper(words[i]) {
		case "FROM", "INTO", "UPDATE":
			name := words[i+1]
			if quoted, ok := strings.CutPrefix(name, `"`); ok {
				name, _, _ = strings.Cut(quoted, `"`)
				return name
			}
			if end := strings.IndexAny(name, ".;{("); end >= 0 {
				name = name[:end]
			}
			return name
		}
	}
	return ""
}

// objectsToDelete takes the keys of S3's DeleteObjects.
func (g *gathering) objectsToDelete(body []byte) {
	if g.op.Name != "DeleteObjects" {
		return
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			return // at the end, or broken: the codec says so
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Key" {
			var key string
			if d.DecodeElement(&key, &start) != nil {
				return
			}
			g.add("object", g.bucket+"/"+key)
		}
	}
}

// cborLimits keep a hostile body from costing much.
var cborLimits, _ = cbor.DecOptions{MaxNestedLevels: 64, MaxArrayElements: 65536, MaxMapPairs: 65536}.DecMode()

// cbor takes the top-level members of a CBOR map.
func (g *gathering) cbor(body []byte) {
	var members map[string]cbor.RawMessage
	if cborLimits.Unmarshal(body, &members) != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		raw := members[name]
		if len(raw) == 0 {
			continue
		}
		var text string
		var list []string
		switch raw[0] >> 5 {
		case 3: // text
			if cborLimits.Unmarshal(raw, &text) == nil {
				g.member(name, text)
			}
		case 4: // array
			if cborLimits.Unmarshal(raw, &list) == nil {
				for _, text := range list {
					g.member(name, text)
				}
			}
		}
	}
}
