package dynamodb

import (
	"crypto/sha256"
	"errors"
	"strconv"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
)

func init() {
	services.Add(&operations, "ExecuteTransaction", (*Service).executeTransaction)
}

const (
	textTransactionKey   = "Select statements within ExecuteTransaction must specify the primary key in the where clause."
	textTransactionIndex = "Reads on indices are not supported within transactions."
	textExistsCondition  = "EXISTS() must contain a single item read with additional condition"
	textReturning        = "RETURNING clause is not supported in ExecuteTransaction."
	textReadsAndWrites   = "Unsupported operation in transaction."
)

// transactionAnswer is the output of ExecuteTransaction.
type transactionAnswer struct {
	Responses        []getResponse
	ConsumedCapacity []ConsumedCapacity
}

func (s *Service) executeTransaction(r *services.Request, in *ExecuteTransactionInput) (*transactionAnswer, error) {
	statements, err := checkExecuteTransaction(in)
	if err != nil {
		return nil, err
	}
	if statements[0].Kind.Reads() {
		return s.executeReads(r, in, statements)
	}
	t := &writeTransaction{actions: make([]*action, len(statements))}
	for i, statement := range statements {
		onFailure := in.TransactStatements[i].ReturnValuesOnConditionCheckFailure
		if t.actions[i], err = s.transactionAction(r, statement, is(onFailure, returnAllOld)); err != nil {
			return nil, inStatement(i, err)
		}
	}
	t.token = s.newToken(r, in.ClientRequestToken, func() [sha256.Size]byte { return fingerprintStatements(in.TransactStatements) })
	if err := s.transactActions(r, t); err != nil {
		return nil, err
	}
	answer := t.describe(&TransactWriteItemsInput{ReturnConsumedCapacity: in.ReturnConsumedCapacity})
	return &transactionAnswer{Responses: []getResponse{}, ConsumedCapacity: answer.ConsumedCapacity}, nil
}

// checkExecuteTransaction judges the request as far as it can without the tables.
func checkExecuteTransaction(in *ExecuteTransactionInput) ([]*partiql.Statement, error) {
	var c constraints
	c.statementCount("transactStatements", len(in.TransactStatements), in.TransactStatements == nil, mostActions)
	if len(in.TransactStatements) <= mostActions {
		for i := range in.TransactStatements {
			path := member("transactStatements", i) + "."
			c.statement(path, in.TransactStatements[i].Statement, in.TransactStatements[i].Parameters)
			c.oneOf(path+"returnValuesOnConditionCheckFailure", in.TransactStatements[i].ReturnValuesOnConditionCheckFailure, enumOnFailure)
		}
	}
	c.length("clientRequestToken", in.ClientRequestToken, 1, 36)
	c.oneOf("returnConsumedCapacity", in.ReturnConsumedCapacity, enumCapacity)
	if err := c.err(); err != nil {
		return nil, err
	}
	for _, t := range in.TransactStatements {
		if err := checkParameters(t.Parameters); err != nil {
			return nil, err
		}
	}
	statements := make([]*partiql.Statement, len(in.TransactStatements))
	for i, t := range in.TransactStatements {
		var err error
		if statements[i], err = parseStatement(*t.Statement, t.Parameters); err != nil {
			return nil, inStatement(i, err)
		}
		switch {
		case statements[i].Returning != partiql.ReturningNothing:
			return nil, inStatement(i, invalid(textReturning))
		case statements[i].Kind.Reads() != statements[0].Kind.Reads():
			return nil, inStatement(i, invalid(textReadsAndWrites))
		}
	}
	return statements, nil
}

// inStatement says which statement of a transaction a validation error is about.
func inStatement(i int, err error) error {
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != "ValidationException" {
		return err
	}
	return invalid("Validation failed in TransactStatements[" + strconv.Itoa(i) + "]: " + e.Message)
}

func (s *Service) transactionAction(r *services.Request, statement *partiql.Statement, showOld bool) (*action, error) {
	t, err := s.table(r, statement.Table)
	if err != nil {
		return nil, err
	}
	st := t.state.Load()
	if statement.Kind == partiql.Exists {
		if statement.Index != "" {
			return nil, invalid("Operations on indices are not supported in transactions")
		}
		if _, rest, ok := st.splitKey(statement.Condition); !ok || len(rest) == 0 {
			return nil, invalid(textExistsCondition)
		}
	}
	a, err := s.action(st, statement.Table, statement, showOld)
	if err != nil {
		return nil, err
	}
	a.table = t
	return a, nil
}

// executeReads reads all items from one state of the store.
func (s *Service) executeReads(r *services.Request, in *ExecuteTransactionInput, statements []*partiql.Statement) (*transactionAnswer, error) {
	gets := make([]*get, len(statements))
	for i, statement := range statements {
		t, err := s.table(r, statement.Table)
		if err != nil {
			return nil, err
		}
		g := &get{name: statement.Table, columns: statement.Columns, st: t.state.Load()}
		if statement.Index != "" {
			return nil, inStatement(i, invalid(textTransactionIndex))
		}
		key, rest, ok := g.st.splitKey(statement.Condition)
		if !ok || len(rest) > 0 {
			return nil, inStatement(i, invalid(textTransactionKey))
		}
		if err := older.checkKeyValues(key); err != nil {
			return nil, inStatement(i, err)
		}
		g.key = key
		gets[i] = g
	}
	responses, costs, err := s.readTransaction(r, gets)
	if err != nil {
		return nil, err
	}
	return &transactionAnswer{Responses: responses, ConsumedCapacity: describeReads(in.ReturnConsumedCapacity, costs)}, nil
}

// fingerprintStatements is alike for requests that say the same.
func fingerprintStatements(statements []ParameterizedStatement) (sum [sha256.Size]byte) {
	p := printer{sha256.New()}
	for _, t := range statements {
		p.text("statement")
		p.optional(t.Statement)
		p.text(strconv.Itoa(len(t.Parameters)))
		for i := range t.Parameters {
			p.value(&t.Parameters[i])
		}
		p.optional(t.ReturnValuesOnConditionCheckFailure)
	}
	p.hash.Sum(sum[:0])
	return sum
}
