package fis

import (
	"cmp"
	"regexp"
	"slices"
)

// accountForm is the number of an account.
var accountForm = regexp.MustCompile(`^\d{12}$`)

func accountNotFound(id string) error { return notFound("Target account configuration", id) }

// account finds the target account configuration of an account among those of a template, or where it
// is to stand.
func (r *templateRecord) account(id string) (at int, found bool) {
	return slices.BinarySearchFunc(r.Accounts, id, func(c TargetAccountConfiguration, id string) int {
		return cmp.Compare(value(c.AccountId), id)
	})
}

// count writes how many configurations there are into the template.
func (r *templateRecord) count() {
	r.Template.TargetAccountConfigurationsCount = new(int64(len(r.Accounts)))
}
