package iam

// nothing is the output of operations that have none.
type nothing struct{}

// none is what such an operation answers.
func none(err error) (*nothing, error) {
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}
