package partiql

import "strings"

// statement reads the whole text.
func (p *parser) statement() (*node, error) {
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	semicolon := p.accept(";")
	switch {
	case p.head().kind == tokenEnd:
		return n, nil
	case semicolon:
		return nil, malformed("Unexpected token after semicolon. (Only one query is allowed.)")
	}
	return nil, malformed("Unexpected token after expression")
}

// selects reads a SELECT behind that word.
func (p *parser) selects() (*node, error) {
	q := &selectNode{}
	n := &node{kind: nodeSelect, token: p.tokens[p.at-1], query: q}
	if p.accept("*") {
		if p.head().is(",") {
			return nil, malformed("Other expressions may not be present in the select list when '*' is used without dot notation.")
		}
	} else if err := p.columns(q); err != nil {
		return nil, err
	}
	if !p.accept("from") {
		return nil, malformed("Expected FROM")
	}
	var err error
	if q.from, err = p.expression(0); err != nil {
		return nil, err
	}
	q.aliased = p.alias()
	for p.accept(",") {
		q.several = true
		if _, err := p.expression(0); err != nil {
			return nil, err
		}
		p.alias()
	}
	if q.where, err = p.where(); err != nil {
		return nil, err
	}
	if err := p.order(q); err != nil {
		return nil, err
	}
	return n, p.otherClauses(q)
}

// otherClauses reads clauses of PartiQL that DynamoDB does not have.
func (p *parser) otherClauses(q *selectNode) error {
	for _, clause := range []string{"group_by", "having", "limit", "offset"} {
		if !p.accept(clause) {
			continue
		}
		n, err := p.expression(0)
		if err != nil {
			return err
		}
		if q.unsupported == "" {
			q.unsupported = strings.ToUpper(strings.ReplaceAll(clause, "_", " ")) + n.token.where()
		}
	}
	return nil
}

func (p *parser) columns(q *selectNode) error {
	for {
		n, err := p.expression(0)
		if err != nil {
			return err
		}
		q.columns = append(q.columns, n)
		q.aliased = p.alias() || q.aliased
		if !p.accept(",") {
			return nil
		}
		if p.head().is("*") {
			return malformed("Other expressions may not be present in the select list when '*' is used without dot notation.")
		}
	}
}

// alias passes over another name for what stands before, and tells whether there is one.
func (p *parser) alias() bool {
	isName := func(t *token) bool { return t.kind == tokenName || t.kind == tokenQuotedName }
	if p.head().is("as") && isName(&p.tokens[p.at+1]) {
		p.at++
	}
	if !isName(p.head()) {
		return false
	}
	p.at++
	return true
}

func (p *parser) where() (*node, error) {
	if !p.accept("where") {
		return nil, nil
	}
	return p.expression(0)
}

func (p *parser) order(q *selectNode) error {
	if !p.accept("order_by") {
		return nil
	}
	for {
		by, err := p.expression(0)
		if err != nil {
			return err
		}
		descending := p.accept("desc")
		if !descending {
			p.accept("asc")
		}
		q.order = append(q.order, orderNode{by, descending})
		if !p.accept(",") {
			return nil
		}
	}
}

// writes reads an INSERT, an UPDATE in either form, or a DELETE.
func (p *parser) writes() (*node, error) {
	w := &writeNode{kind: Update}
	n := &node{kind: nodeWrite, token: *p.head(), write: w}
	var err error
	switch t := p.head(); {
	case t.is("set"), t.is("remove"):
		err = p.changes(w)
	case p.accept("insert_into"):
		w.kind = Insert
		err = p.insert(w)
	case p.accept("update"):
		if w.table, err = p.path(false); err != nil {
			return nil, err
		}
		w.aliased = p.alias()
		if err = p.changes(w); err != nil {
			return nil, err
		}
		w.where, err = p.where()
	case p.accept("delete"):
		w.kind = Delete
		if !p.accept("from") {
			return nil, malformed("Expected FROM")
		}
		if w.table, err = p.path(true); err != nil {
			return nil, err
		}
		w.aliased = p.alias()
		w.where, err = p.where()
	case p.accept("from"):
		if w.table, err = p.expression(0); err != nil {
			return nil, err
		}
		w.aliased = p.alias()
		if w.where, err = p.where(); err != nil {
			return nil, err
		}
		err = p.changes(w)
	}
	if err != nil {
		return nil, err
	}
	return n, p.returning(w)
}

func (p *parser) insert(w *writeNode) error {
	var err error
	if w.table, err = p.path(true); err != nil {
		return err
	}
	if !p.accept("value") {
		w.several = true
	}
	w.value, err = p.expression(0)
	return err
}

// changes reads the SETs and REMOVEs of an update, one at least.
func (p *parser) changes(w *writeNode) error {
	for {
		switch {
		case p.accept("set"):
			if err := p.assignments(w); err != nil {
				return err
			}
		case p.accept("remove"):
			path, err := p.path(true)
			if err != nil {
				return err
			}
			w.changes = append(w.changes, changeNode{path: path})
		case len(w.changes) > 0:
			return nil
		default:
			return malformed("Expected data manipulation")
		}
	}
}

func (p *parser) assignments(w *writeNode) error {
	for {
		path, err := p.path(true)
		if err != nil {
			return err
		}
		if !p.accept("=") {
			return malformed("Expected '=' for assignment")
		}
		value, err := p.expression(0)
		if err != nil {
			return err
		}
		w.changes = append(w.changes, changeNode{path, value})
		if !p.accept(",") {
			return nil
		}
	}
}

func (p *parser) returning(w *writeNode) error {
	if !p.accept("returning") {
		return nil
	}
	switch t := p.head(); t.text {
	case "all_old", "all_new", "modified_old", "modified_new":
		w.returning = t.text
	default:
		return malformed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause.")
	}
	p.at++
	if !p.accept("*") {
		return malformed("Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause")
	}
	return nil
}
