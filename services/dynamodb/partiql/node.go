package partiql

// nodeKind is what a node of the syntax tree is.
type nodeKind uint8

const (
	nodeName   nodeKind = iota // a name that stands alone, or begins a path
	nodeString                 // also the step of a path in brackets
	nodeNumber                 // token.text, which may have a sign before it
	nodeBool                   // token.text is true or false
	nodeNull
	nodeMissing
	nodeIon
	nodeParameter
	nodePath   // children: what it begins with, then its steps
	nodeStar   // a step [*] or .*
	nodeList   // [a, b], and (a, b)
	nodeBag    // <<a, b>>
	nodeStruct // children: a key, its value, and so on
	nodeCall   // a function of its children
	nodeNot
	nodeSign   // + or - of something that is no number
	nodeBinary // token.text is the operator, is and is_not among them: their second child is a nodeType
	nodeRange  // between and not_between: three children
	nodeType
	nodeSelect
	nodeWrite
)

// node is a part of a statement, as it was read. Numbers have their sign in text.
type node struct {
	kind     nodeKind
	token    token
	text     string
	children []*node
	query    *selectNode
	write    *writeNode
}

// operationNames are what AWS calls expressions that are no statements, where it is known.
func (n *node) operation() string {
	switch n.kind {
	case nodeBinary:
		if n.token.text == "is" {
			return "IsType"
		}
	case nodeName, nodePath:
		return "VariableReference"
	case nodeCall:
		return "Call"
	case nodeString, nodeNumber, nodeBool, nodeNull, nodeIon:
		return "Literal"
	case nodeMissing:
		return "LiteralMissing"
	case nodeParameter:
		return "Parameter"
	case nodeList, nodeBag:
		return "Seq"
	case nodeStruct:
		return "Struct"
	}
	return "NAry"
}

// selectNode is a SELECT.
type selectNode struct {
	columns []*node // nil: *
	from    *node
	aliased bool
	several bool // more than one source
	where   *node
	order   []orderNode
	// unsupported is a clause that DynamoDB does not have, and its place; empty: there is none.
	unsupported string
}

type orderNode struct {
	by         *node
	descending bool
}

// writeNode is an INSERT, UPDATE or DELETE.
type writeNode struct {
	kind    Kind
	table   *node
	aliased bool
	// value is the item of an INSERT; several is true for the form that has many.
	value   *node
	several bool
	changes []changeNode
	where   *node
	// returning is the clause's word, such as "all_old"; empty: there is none.
	returning string
}

// changeNode is a SET of a path, or a REMOVE, whose value is nil.
type changeNode struct{ path, value *node }
