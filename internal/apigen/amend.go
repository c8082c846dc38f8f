package main

import (
	"fmt"

	"github.com/brownoutdev/brownout/catalog"
)

// amend adds what botocore's models have lost or never had.
func amend(s *catalog.Service) error {
	if s.QueryCompatible && !s.Speaks(catalog.Query) {
		// Older SDKs still send the query protocol, and the services answer it.
		s.Protocols = append(s.Protocols, catalog.Query)
		for _, op := range s.Operations {
			op.ResultWrapper = op.Name + "Result"
		}
	}
	if s.Name != "sqs" {
		return nil
	}
	s.XMLNamespace = "http://queue.amazonaws.com/doc/2012-11-05/"
	for name, was := range sqsErrors {
		e := s.Error(name)
		if e == nil {
			return fmt.Errorf("error %s, whose code in query days we know, is gone", name)
		}
		e.Code, e.Status = was.code, was.status
	}
	return nil
}

// sqsErrors are the codes and statuses that SQS's errors had in the query protocol, where they differ
// from the shape's name and 400. Query clients get them still, others in x-amzn-query-error. The
// model that AWS publishes has them as awsQueryError; botocore's has dropped them.
var sqsErrors = map[string]struct {
	code   string
	status int
}{
	"BatchEntryIdsNotDistinct":     {"AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400},
	"BatchRequestTooLong":          {"AWS.SimpleQueueService.BatchRequestTooLong", 400},
	"EmptyBatchRequest":            {"AWS.SimpleQueueService.EmptyBatchRequest", 400},
	"InvalidAddress":               {"InvalidAddress", 404},
	"InvalidBatchEntryId":          {"AWS.SimpleQueueService.InvalidBatchEntryId", 400},
	"InvalidSecurity":              {"InvalidSecurity", 403},
	"KmsAccessDenied":              {"KMS.AccessDeniedException", 400},
	"KmsDisabled":                  {"KMS.DisabledException", 400},
	"KmsInvalidKeyUsage":           {"KMS.InvalidKeyUsageException", 400},
	"KmsInvalidState":              {"KMS.InvalidStateException", 400},
	"KmsNotFound":                  {"KMS.NotFoundException", 400},
	"KmsOptInRequired":             {"KMS.OptInRequired", 403},
	"KmsThrottled":                 {"KMS.ThrottlingException", 400},
	"MessageNotInflight":           {"AWS.SimpleQueueService.MessageNotInflight", 400},
	"OverLimit":                    {"OverLimit", 403},
	"PurgeQueueInProgress":         {"AWS.SimpleQueueService.PurgeQueueInProgress", 403},
	"QueueDeletedRecently":         {"AWS.SimpleQueueService.QueueDeletedRecently", 400},
	"QueueDoesNotExist":            {"AWS.SimpleQueueService.NonExistentQueue", 400},
	"QueueNameExists":              {"QueueAlreadyExists", 400},
	"ReceiptHandleIsInvalid":       {"ReceiptHandleIsInvalid", 404},
	"RequestThrottled":             {"RequestThrottled", 403},
	"ResourceNotFoundException":    {"ResourceNotFoundException", 404},
	"TooManyEntriesInBatchRequest": {"AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400},
	"UnsupportedOperation":         {"AWS.SimpleQueueService.UnsupportedOperation", 400},
}
