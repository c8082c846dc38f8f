package fis

import (
	"maps"
	"slices"
)

// Quotas are how much of a thing an account can have in a region, by the names below; what is
// missing is AWS's quota.
type Quotas map[string]int

// The quotas that can be changed.
const (
	QuotaTemplates      = "experiment-templates"
	QuotaActive         = "active-experiments"
	QuotaActions        = "actions-per-template"
	QuotaParallel       = "parallel-actions"
	QuotaStopConditions = "stop-conditions"
	QuotaTargetAccounts = "target-account-configurations"
)

// awsQuotas are AWS's own.
var awsQuotas = Quotas{
	QuotaTemplates: 500, QuotaActive: 5, QuotaActions: 20, QuotaParallel: 10, QuotaStopConditions: 5, QuotaTargetAccounts: 40,
}

// QuotaNames are the names of the quotas, in order.
func QuotaNames() []string { return slices.Sorted(maps.Keys(awsQuotas)) }

// Of is one quota.
func (q Quotas) Of(name string) int {
	if n, set := q[name]; set {
		return n
	}
	return awsQuotas[name]
}
