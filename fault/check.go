package fault

import "fmt"

// Check says what is wrong with a rule, naming the field.
func (r *Rule) Check() error {
	if r.ID == "" {
		return &RuleError{Field: "id", Message: "must not be empty"}
	}
	if s := r.When.Share; s != nil && !(*s >= 0 && *s <= 100) {
		return &RuleError{Field: "when.share", Message: fmt.Sprintf("%v is not a percentage from 0 to 100", *s)}
	}
	_, err := parseEffect(r.Effect)
	return err
}
