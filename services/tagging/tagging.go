// Package tagging is the AWS Resource Groups Tagging API over everything that Brownout holds.
//
// It keeps nothing of its own: it asks the services whose resources they are, as any client would, each time.
// A service that nobody serves has no resources. See the holders: a file per service.
package tagging

import (
	"context"

	"github.com/brownoutdev/brownout/services"
)

// operations is filled by the init functions of the operations' files.
var operations = services.Table[*Service]{Check: services.CheckConstraints}

// Service answers the Resource Groups Tagging API.
type Service struct{ ask services.Asker }

// New is a service that asks others through ask.
func New(ask services.Asker) *Service { return &Service{ask} }

// Bind is the service as the gateway routes to it.
func (s *Service) Bind() *services.Service { return operations.Bind("resourcegroupstaggingapi", s) }

// asking asks other services for whoever called, in the region of the call.
type asking struct {
	context.Context
	service *Service
	request *services.Request
}

func (s *Service) asking(r *services.Request) *asking { return &asking{r, s, r} }
