package partiql

import (
	"errors"
	"strconv"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// root is where messages say that a value stands: root, root.name, root[0].
const root = "root"

// value is what a literal or a parameter stands for. under is where in the whole value it is.
func (c *compiler) value(n *node, under string) (item.Value, error) {
	switch n.kind {
	case nodeString:
		return item.Text(n.text), nil
	case nodeNumber:
		canonical, err := item.CanonicalNumber(n.text)
		var e *item.Error
		if errors.As(err, &e) {
			return item.Value{}, fault(e.Text(true) + " under " + under)
		}
		return item.Number(canonical), err
	case nodeBool:
		return item.Boolean(n.token.text == "true"), nil
	case nodeNull:
		return item.Value{Type: item.NULL}, nil
	case nodeParameter:
		return c.parameters[n.token.question], nil
	case nodeList:
		elements := make([]item.Value, len(n.children))
		for i, child := range n.children {
			var err error
			if elements[i], err = c.value(child, under+"["+strconv.Itoa(i)+"]"); err != nil {
				return item.Value{}, err
			}
		}
		return item.List(elements), nil
	case nodeBag:
		return c.bag(n, under)
	case nodeStruct:
		return c.structure(n, under)
	case nodeIon:
		return item.Value{}, fault("Ion Literals are not supported: " + n.token.written + " under key " + under + n.token.where())
	}
	return item.Value{}, fault("Unsupported data type: " + n.token.text + " under key " + under + n.token.where())
}

// literal is a whole value, judged like one that comes in a request.
func (c *compiler) literal(n *node) (item.Value, error) {
	v, err := c.value(n, root)
	if err != nil || n.kind == nodeParameter {
		return v, err
	}
	if err := v.Validate(); err != nil {
		return v, older(err)
	}
	return v, nil
}

// older is a fault in the words of the older generation, in which AWS speaks of statements.
func older(err error) error {
	var e *item.Error
	if !errors.As(err, &e) {
		return err
	}
	return fault(e.Text(true))
}

// isLiteral is whether the node stands for a value without an item.
func isLiteral(n *node) bool {
	switch n.kind {
	case nodeString, nodeNumber, nodeBool, nodeNull, nodeParameter, nodeList, nodeBag, nodeStruct, nodeIon:
		return true
	}
	return false
}

// bag is a set: of strings, of numbers, or of binaries, which only parameters can be.
func (c *compiler) bag(n *node, under string) (item.Value, error) {
	if len(n.children) == 0 {
		return item.Value{}, fault("Empty bags are not supported")
	}
	members := make([]item.Value, len(n.children))
	for i, child := range n.children {
		var err error
		if members[i], err = c.value(child, under+"["+strconv.Itoa(i)+"]"); err != nil {
			return item.Value{}, err
		}
		t := members[i].Type
		if t != members[0].Type || t != item.S && t != item.N && t != item.B {
			return item.Value{}, fault("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
		}
	}
	v := item.Set(members)
	if err := v.Validate(); err != nil {
		return v, older(err)
	}
	return v, nil
}

// structure is a map. Messages name the places within an INSERT's item from each of its attributes on.
func (c *compiler) structure(n *node, under string) (item.Value, error) {
	return c.fields(n, under, func(name string) string { return under + "." + name })
}

func (c *compiler) fields(n *node, under string, below func(name string) string) (item.Value, error) {
	fields := make(item.Item, 0, len(n.children)/2)
	for i := 0; i < len(n.children); i += 2 {
		key := n.children[i]
		name := key.text
		if key.kind == nodeParameter {
			name = c.parameters[key.token.question].Text
		} else if key.kind != nodeString && !(key.kind == nodeName && key.token.kind == tokenQuotedName) {
			return item.Value{}, fault("Tuple keys must be of type String. Actual type: " + key.operation() + " under " + under)
		}
		if fields.Index(name) >= 0 {
			return item.Value{}, fault("Duplicate keys in tuple. Key: " + name + " under " + under)
		}
		v, err := c.value(n.children[i+1], below(name))
		if err != nil {
			return item.Value{}, err
		}
		fields = append(fields, item.Attribute{Name: name, Value: v})
	}
	return item.Map(fields), nil
}
