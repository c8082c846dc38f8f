package dynamodb

import (
	"errors"
	"strings"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// Wording is a generation of AWS's validation texts.
type Wording uint8

const (
	// Current is today's, which AWS rolled out region by region from June 2026.
	Current Wording = iota
	// Classic is the one before, which two regions still had in October 2026.
	Classic
)

// voice is how an operation words what is wrong with a request as such (what needs the table's
// schema is worded alike everywhere). Today's operations differ: captures of October 2026 show three ways.
type voice uint8

const (
	// older: the words of the Classic generation, bare. Scan and BatchWriteItem, and everything in Classic.
	older voice = iota
	// bare: today's words. GetItem, BatchGetItem, Query.
	bare
	// enveloped: today's words behind "1 validation error detected: ". PutItem, UpdateItem, DeleteItem.
	enveloped
)

// readsOlder is from how many levels of nesting on today's layer reads a single write as the older one did.
const readsOlder = 63

// judge checks a PutItem, UpdateItem or DeleteItem with these values.
func (s *Service) judge(check func(voice) error, values, more item.Item, expected map[string]ExpectedAttributeValue) error {
	v := s.voice(enveloped)
	err := check(v)
	if err == nil || v == older {
		return err
	}
	deep := !values.Fits(readsOlder) || !more.Fits(readsOlder)
	for _, e := range expected {
		deep = deep || e.Value != nil && !(item.Item{{Value: *e.Value}}).Fits(readsOlder)
	}
	if !deep {
		return err
	}
	return check(older)
}

const envelope = "1 validation error detected: "

// voice is the operation's own voice, unless the server speaks Classic.
func (s *Service) voice(own voice) voice {
	if s.wording == Classic {
		return older
	}
	return own
}

// request is a fault of the request as such, in AWS's bare words.
func (v voice) request(text string) *aws.Error {
	if v == enveloped {
		text = envelope + text
	}
	return invalid(text)
}

// fault renders an error of the item and expression packages.
func (v voice) fault(err error) error {
	var e *item.Error
	if !errors.As(err, &e) {
		return err
	}
	return v.request(e.Text(v == older))
}

const validationNamespace = "com.amazon.coral.validate"

// invalid is a ValidationException with exactly this text.
func invalid(text string) *aws.Error {
	e := aws.Invalid(text)
	e.Namespace = validationNamespace
	return e
}

// invalidParameter is the kind of ValidationException that AWS begins with these words.
func invalidParameter(text string) *aws.Error {
	return invalid("One or more parameter values were invalid: " + text)
}

// The errors that DynamoDB models, as far as these operations return them.
const (
	codeNotFound    = "ResourceNotFoundException"
	codeInUse       = "ResourceInUseException"
	codeConditional = "ConditionalCheckFailedException"
	codeDuplicate   = "DuplicateItemException"
	codeLimit       = "LimitExceededException"
	codeThrottling  = "ThrottlingException"
	codeThroughput  = "ProvisionedThroughputExceededException"
)

func refused(code, message string) *aws.Error {
	return &aws.Error{Code: code, Message: message, Status: 400, Sender: true}
}

// errNoTable is what data operations say of a table that is not there; they do not name it.
func errNoTable() *aws.Error { return refused(codeNotFound, "Requested resource not found") }

// errNoTableNamed is what operations on tables say.
func errNoTableNamed(name string) *aws.Error {
	return refused(codeNotFound, "Requested resource not found: Table: "+name+" not found")
}

// notCarriedOut names a parameter that Brownout does not carry out.
func notCarriedOut(operation, parameter string) *aws.Error {
	return aws.NotImplemented("Brownout does not carry out the parameter " + parameter + " of dynamodb." + operation + " yet")
}

// parameter is a request parameter by its wire name, and whether the request has it.
type parameter struct {
	name  string
	given bool
}

func given(parameters []parameter) []string {
	var names []string
	for _, p := range parameters {
		if p.given {
			names = append(names, p.name)
		}
	}
	return names
}

// mixed refuses parameters from before expressions beside expressions. Both lists are in AWS's order.
func (v voice) mixed(old, expressions []parameter) error {
	names, beside := given(old), given(expressions)
	if names == nil || beside == nil {
		return nil
	}
	return v.request("Can not use both expression and non-expression parameters in the same request: " +
		"Non-expression parameters: {" + strings.Join(names, ", ") + "} " +
		"Expression parameters: {" + strings.Join(beside, ", ") + "}")
}
