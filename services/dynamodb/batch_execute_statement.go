package dynamodb

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
)

func init() {
	services.Add(&operations, "BatchExecuteStatement", (*Service).batchExecuteStatement)
}

const (
	mostBatchStatements = 25
	textBatchKey        = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
)

// batchStatementAnswer is the output of BatchExecuteStatement.
type batchStatementAnswer struct {
	Responses        []statementResponse
	ConsumedCapacity []ConsumedCapacity
}

type statementResponse struct {
	Error     *BatchStatementError
	TableName *string
	Item      rawJSON
}

// batchStatement is one statement of a batch.
type batchStatement struct {
	in *BatchStatementRequest
	*partiql.Statement
	err error // why it is not carried out
}

// batchExecuteStatement carries each statement out for itself: one that fails has an error in its place.
func (s *Service) batchExecuteStatement(r *services.Request, in *BatchExecuteStatementInput) (*batchStatementAnswer, error) {
	statements, err := checkBatchExecuteStatement(in)
	if err != nil {
		return nil, err
	}
	out := &batchStatementAnswer{Responses: make([]statementResponse, len(statements))}
	costs := &statementCosts{mode: in.ReturnConsumedCapacity}
	for i := range statements {
		b := &statements[i]
		response := &out.Responses[i]
		if b.err == nil {
			b.err = s.executeOne(r, b, response, costs)
		}
		if b.err != nil {
			if response.Error, err = statementError(b.err); err != nil {
				return nil, err
			}
			response.Item = nil
		}
	}
	out.ConsumedCapacity = costs.tables
	return out, nil
}

func checkBatchExecuteStatement(in *BatchExecuteStatementInput) ([]batchStatement, error) {
	var c constraints
	c.statementCount("statements", len(in.Statements), in.Statements == nil, mostBatchStatements)
	if len(in.Statements) <= mostBatchStatements {
		for i := range in.Statements {
			path := member("statements", i) + "."
			c.statement(path, in.Statements[i].Statement, in.Statements[i].Parameters)
			c.oneOf(path+"returnValuesOnConditionCheckFailure", in.Statements[i].ReturnValuesOnConditionCheckFailure, enumOnFailure)
		}
	}
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	if err := c.err(); err != nil {
		return nil, err
	}
	statements := make([]batchStatement, len(in.Statements))
	reads, writes := false, false
	for i := range in.Statements {
		b := batchStatement{in: &in.Statements[i]}
		if b.Statement, b.err = readStatement(*b.in.Statement, b.in.Parameters); b.err == nil {
			if b.Kind == partiql.Exists {
				b.err = invalid(textExistsElsewhere)
			}
			reads, writes = reads || b.Kind.Reads(), writes || !b.Kind.Reads()
		}
		statements[i] = b
	}
	if reads && writes {
		return nil, invalid("Statements in BatchExecuteStatement must be either all read or all write statements.")
	}
	return statements, nil
}

func (c *constraints) statementCount(path string, count int, missing bool, most int) {
	switch {
	case missing:
		c.required(path, true)
	case count == 0:
		c.add(path, "[]", "Member must have length greater than or equal to 1")
	case count > most:
		c.add(path, "[...]", "Member must have length less than or equal to "+strconv.Itoa(most))
	}
}

// executeOne carries a statement out. The response names the table from when the statement has met it.
func (s *Service) executeOne(r *services.Request, b *batchStatement, response *statementResponse, costs *statementCosts) error {
	t, err := s.table(r, b.Table)
	if err != nil {
		return err
	}
	st := t.state.Load()
	if b.Kind == partiql.Select {
		q, err := st.selectOne(b.Statement, isTrue(b.in.ConsistentRead))
		if err != nil {
			return err
		}
		response.TableName = &b.Table
		p, _, units, err := q.page(r, s, resume{}, 0)
		if err != nil {
			return err
		}
		if len(p.items) > 0 {
			response.Item = p.items[0]
		}
		costs.add(b.Table, q.cost(p, units).describe(costs.mode, b.Table))
		return nil
	}
	if _, err := s.action(st, b.Table, b.Statement, false); err != nil {
		return err
	}
	response.TableName = &b.Table
	answer, err := s.executeWrite(r, t, b.Statement, costs.mode, false)
	if err != nil {
		return err
	}
	if len(answer.Items) > 0 {
		response.Item = answer.Items[0]
	}
	costs.add(b.Table, answer.ConsumedCapacity)
	return nil
}

// selectOne is a SELECT that must name one item by its key, and say no more.
func (st *state) selectOne(statement *partiql.Statement, consistent bool) (*selection, error) {
	if statement.Index != "" {
		if x := st.index(statement.Index); x != nil && x.hasSeveralKeyParts() {
			return nil, invalid(textSeveralKeyParts)
		}
		return nil, invalid(textBatchKey)
	}
	if _, rest, ok := st.splitKey(statement.Condition); !ok || len(rest) > 0 {
		return nil, invalid(textBatchKey)
	}
	return st.selection(statement.Table, statement, consistent)
}

// statementError is an error as a batch has it; its own error is one that is nobody's statement's fault.
func statementError(err error) (*BatchStatementError, error) {
	var e *aws.Error
	if !errors.As(err, &e) || e.Status >= 500 {
		return nil, err
	}
	code := strings.TrimSuffix(e.Code, "Exception")
	switch code {
	case "Validation", "Throttling":
		code += "Error"
	}
	return &BatchStatementError{Code: &code, Message: &e.Message}, nil
}

// statementCosts sums up what statements cost, table by table.
type statementCosts struct {
	mode   *string
	tables []ConsumedCapacity
}

func (c *statementCosts) add(name string, more *ConsumedCapacity) {
	if more == nil {
		return
	}
	at := slices.IndexFunc(c.tables, func(t ConsumedCapacity) bool { return *t.TableName == name })
	if at < 0 {
		c.tables = append(c.tables, *more)
		return
	}
	sum := func(into **float64, more *float64) {
		if *into != nil && more != nil {
			*into = new(**into + *more)
		}
	}
	t := &c.tables[at]
	sum(&t.CapacityUnits, more.CapacityUnits)
	if t.Table != nil && more.Table != nil {
		sum(&t.Table.CapacityUnits, more.Table.CapacityUnits)
	}
	t.GlobalSecondaryIndexes = sumIndexes(t.GlobalSecondaryIndexes, more.GlobalSecondaryIndexes)
	t.LocalSecondaryIndexes = sumIndexes(t.LocalSecondaryIndexes, more.LocalSecondaryIndexes)
}

func sumIndexes(into, more map[string]Capacity) map[string]Capacity {
	for name, units := range more {
		if have, ok := into[name]; ok {
			units.CapacityUnits = new(*units.CapacityUnits + *have.CapacityUnits)
		}
		if into == nil {
			into = map[string]Capacity{}
		}
		into[name] = units
	}
	return into
}
