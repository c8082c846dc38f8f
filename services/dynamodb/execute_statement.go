package dynamodb

import (
	"errors"

	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
)

func init() { services.Add(&operations, "ExecuteStatement", (*Service).executeStatement) }

// statementAnswer is the output of ExecuteStatement.
type statementAnswer struct {
	Items            rawList
	NextToken        *string
	ConsumedCapacity *ConsumedCapacity
	LastEvaluatedKey item.Item
}

func (s *Service) executeStatement(r *services.Request, in *ExecuteStatementInput) (*statementAnswer, error) {
	var c constraints
	c.statement("", in.Statement, in.Parameters)
	c.length("nextToken", in.NextToken, 1, 32768)
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	c.atLeast("limit", in.Limit, 1)
	c.oneOf("returnValuesOnConditionCheckFailure", in.ReturnValuesOnConditionCheckFailure, enumOnFailure)
	if err := c.err(); err != nil {
		return nil, err
	}
	statement, err := s.readStatement(r, in)
	if err != nil {
		return nil, err
	}
	if statement.Kind == partiql.Exists {
		return nil, invalid(textExistsElsewhere)
	}
	t, err := s.table(r, statement.Table)
	if err != nil {
		return nil, err
	}
	if statement.Kind == partiql.Select {
		return s.executeSelect(r, t.state.Load(), statement, in)
	}
	return s.executeWrite(r, t, statement, in.ReturnConsumedCapacity, is(in.ReturnValuesOnConditionCheckFailure, returnAllOld))
}

// readStatement reads the statement. An index with several key parts is refused before the columns that are asked of it.
func (s *Service) readStatement(r *services.Request, in *ExecuteStatementInput) (*partiql.Statement, error) {
	if err := checkParameters(in.Parameters); err != nil {
		return nil, err
	}
	statement, err := partiql.Parse(*in.Statement, in.Parameters)
	if err == nil {
		return statement, nil
	}
	var columns *partiql.ColumnsError
	if errors.As(err, &columns) && columns.Index != "" {
		// Without the table, the columns' fault stands.
		if t, missing := s.table(r, columns.Table); missing == nil {
			if x := t.state.Load().index(columns.Index); x != nil && x.hasSeveralKeyParts() {
				return nil, invalid(textSeveralKeyParts)
			}
		}
	}
	return nil, older.fault(err)
}

func (s *Service) executeSelect(r *services.Request, st *state, statement *partiql.Statement, in *ExecuteStatementInput) (*statementAnswer, error) {
	q, err := st.selection(statement.Table, statement, isTrue(in.ConsistentRead))
	if err != nil {
		return nil, err
	}
	mark := digest(r, in)
	from, err := q.resume(mark, in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := int64(0)
	if in.Limit != nil {
		limit = *in.Limit
	}
	p, next, units, err := q.page(r, s, from, limit)
	if err != nil {
		return nil, err
	}
	out := &statementAnswer{Items: p.items, ConsumedCapacity: q.cost(p, units).describe(in.ReturnConsumedCapacity, q.name)}
	if next != nil {
		out.NextToken = new(q.nextToken(mark, *next))
		if next.key != nil {
			out.LastEvaluatedKey, err = st.keyOf(q.index, next.key)
		}
	}
	return out, err
}

// executeWrite carries one INSERT, UPDATE or DELETE out.
func (s *Service) executeWrite(r *services.Request, t *table, statement *partiql.Statement, mode *string, showOld bool) (*statementAnswer, error) {
	out := &statementAnswer{Items: rawList{}}
	err := t.writing(func(st *state) error {
		a, err := s.action(st, statement.Table, statement, showOld)
		if err != nil {
			return err
		}
		a.table, a.st = t, st
		a.write.lost, a.write.limits = losesRace(r), s.limits(r)
		if err := a.bind(); err != nil {
			return err
		}
		err = s.writeOne(r, t, st, a.write, func() error {
			if returned := a.returned(statement.Returning); returned != nil {
				out.Items = append(out.Items, returned)
			}
			return nil
		})
		if wanted(mode) {
			out.ConsumedCapacity = st.writes(&a.write.effect).describe(mode, statement.Table)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
