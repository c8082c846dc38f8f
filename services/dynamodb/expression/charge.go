package expression

import (
	"strconv"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// What AWS charges for the parts of an update, in bytes. None of it is documented; captures of August and
// October 2026 bisected it.
const (
	chargeUpdate      = 3
	chargeWrite       = 19 // SET, ADD
	chargeErase       = 1  // REMOVE, DELETE
	chargeTargetStep  = 4
	chargeOperand     = 1
	chargeOperandStep = 14
	chargeSum         = 34
	chargeDifference  = 37
	chargeIfNotExists = 39
	chargeListAppend  = 37
)

// Charge is the size in bytes that AWS's UpdateItem holds against the limit of an item, besides the
// item's own: what the statement writes, and something for each of its parts.
func (u *Update) Charge() int {
	sum := chargeUpdate
	for i := range u.Actions {
		a := &u.Actions[i]
		switch sum += a.Path.chargeAsTarget(); a.Kind {
		case Set:
			sum += chargeWrite + a.Operand.charge()
		case Add:
			sum += chargeWrite
			if a.Operand.Value.Type == item.N { // of a set, only the members that are new count: leave them out
				sum += a.Operand.Value.Size()
			}
		default:
			sum += chargeErase
		}
	}
	return sum
}

func (p Path) chargeAsTarget() int {
	sum := len(p[0].Name)
	for _, step := range p[1:] {
		sum += chargeTargetStep + step.size()
	}
	return sum
}

func (s Step) size() int {
	if s.IsIndex {
		return len(strconv.Itoa(s.Index))
	}
	return len(s.Name)
}

func (o *Operand) charge() int {
	sum := 0
	switch o.Kind {
	case ValueOperand:
		return o.Value.Size()
	case PathOperand:
		sum = chargeOperand
		for _, step := range o.Path {
			sum += chargeOperandStep + step.size()
		}
		return sum
	case AddOperand:
		sum = chargeSum
	case SubtractOperand:
		sum = chargeDifference
	case IfNotExistsOperand:
		sum = chargeIfNotExists
	case ListAppendOperand:
		sum = chargeListAppend
	}
	for i := range o.Arguments {
		sum += o.Arguments[i].charge()
	}
	return sum
}
