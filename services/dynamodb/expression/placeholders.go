package expression

import (
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Placeholders are a request's ExpressionAttributeNames and ExpressionAttributeValues. They remember
// which of them its expressions used; one Placeholders serves all expressions of one request.
type Placeholders struct {
	names  map[string]string
	values item.Item

	usedNames  []string
	usedValues []bool
	places     map[string]int // of many values

	nameRoom  [4]string
	valueRoom [8]bool
}

// NewPlaceholders takes both parameters as they came; nil is one that the request does not have.
func NewPlaceholders(names map[string]string, values item.Item) *Placeholders {
	p := &Placeholders{names: names, values: values}
	p.usedNames = p.nameRoom[:0]
	if len(values) <= len(p.valueRoom) {
		p.usedValues = p.valueRoom[:len(values)]
	} else {
		p.usedValues = make([]bool, len(values))
		p.places = make(map[string]int, len(values))
		for i := range values {
			p.places[values[i].Name] = i
		}
	}
	return p
}

// Check says what is wrong with the parameters themselves, before any expression is looked at.
func (p *Placeholders) Check() error {
	if p.names != nil {
		if len(p.names) == 0 {
			return fault("ExpressionAttributeNames must not be empty")
		}
		if err := p.checkNames(); err != nil {
			return err
		}
	}
	if p.values == nil {
		return nil
	}
	if len(p.values) == 0 {
		return fault("ExpressionAttributeValues must not be empty")
	}
	for i := range p.values {
		if key := p.values[i].Name; !isPlaceholder(key, ':') {
			return fault(`ExpressionAttributeValues contains invalid key: Syntax error; key: "` + key + `"`)
		}
	}
	for i := range p.values {
		if err := p.values[i].Value.Validate(); err != nil {
			return wrapInvalidValue(err, p.values[i].Name)
		}
	}
	return nil
}

func (p *Placeholders) checkNames() error {
	var bad, empty, long string
	for key, name := range p.names {
		if item.CheckName(name) != nil && name != "" && (long == "" || key < long) {
			long = key
		}
		if !isPlaceholder(key, '#') && (bad == "" || key < bad) {
			bad = key
			if key == "" {
				break
			}
		}
		if name == "" && (empty == "" || key < empty) {
			empty = key
		}
	}
	if _, ok := p.names[bad]; bad != "" || ok {
		return fault(`ExpressionAttributeNames contains invalid key: Syntax error; key: "` + bad + `"`)
	}
	if empty != "" {
		return fault("ExpressionAttributeNames contains invalid value: Empty attribute name for key " + empty)
	}
	if err := item.CheckName(p.names[long]); long != "" && err != nil {
		return fault("ExpressionAttributeNames contains invalid value: " + err.Error() + " for key " + long)
	}
	return nil
}

// wrapInvalidValue says which placeholder has the value, in the older words; today's do not.
func wrapInvalidValue(err error, key string) error {
	const before = "ExpressionAttributeValues contains invalid value: "
	e, ok := err.(*item.Error)
	if !ok {
		return err
	}
	return &item.Error{Today: e.Today, Classic: before + e.Text(true) + " for key " + key}
}

func isPlaceholder(key string, first byte) bool {
	if len(key) < 2 || key[0] != first {
		return false
	}
	for i := 1; i < len(key); i++ {
		if !isWordPart(key[i]) {
			return false
		}
	}
	return true
}

func (p *Placeholders) name(key string) (string, bool) {
	name, ok := p.names[key]
	if ok && !slices.Contains(p.usedNames, key) {
		p.usedNames = append(p.usedNames, key)
	}
	return name, ok
}

func (p *Placeholders) value(key string) (*item.Value, bool) {
	at := -1
	if p.places == nil {
		at = p.values.Index(key)
	} else if i, ok := p.places[key]; ok {
		at = i
	}
	if at < 0 {
		return nil, false
	}
	p.usedValues[at] = true
	return &p.values[at].Value, true
}

// Unused is the fault of placeholders that no expression used. Call it when all are parsed.
func (p *Placeholders) Unused() error {
	if len(p.usedNames) < len(p.names) {
		var unused []string
		for key := range p.names {
			if !slices.Contains(p.usedNames, key) {
				unused = append(unused, key)
			}
		}
		slices.Sort(unused)
		return fault("Value provided in ExpressionAttributeNames unused in expressions: keys: {" + strings.Join(unused, ", ") + "}")
	}
	if !slices.Contains(p.usedValues, false) {
		return nil
	}
	var unused []string
	for i, used := range p.usedValues {
		if !used {
			unused = append(unused, p.values[i].Name)
		}
	}
	return fault("Value provided in ExpressionAttributeValues unused in expressions: keys: {" + strings.Join(unused, ", ") + "}")
}
