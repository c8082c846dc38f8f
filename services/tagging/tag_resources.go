package tagging

import (
	"errors"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "TagResources", (*Service).tagResources) }

func (s *Service) tagResources(r *services.Request, in *TagResourcesInput) (*TagResourcesOutput, error) {
	a := s.asking(r)
	failed, err := a.each(in.ResourceARNList, func(h holder, arn string) error { return h.tag(a, arn, in.Tags) })
	return &TagResourcesOutput{FailedResourcesMap: failed}, err
}

// each changes resources one by one, and tells which of them could not be. The error is the caller's going away.
func (a *asking) each(arns []string, change func(h holder, arn string) error) (failed map[string]FailureInfo, err error) {
	failed = map[string]FailureInfo{}
	for _, arn := range arns {
		err := error(unsupported(arn))
		if h := holderOf(arn); h != nil {
			err = change(h, arn)
		}
		if err == nil {
			continue
		}
		if a.Err() != nil {
			return nil, a.Err()
		}
		failed[arn] = failure(err)
	}
	return failed, nil
}

// failure is a service's error as the tagging API tells it: it has two codes.
func failure(err error) FailureInfo {
	var e *aws.Error
	code, status := "InternalServiceException", int64(500)
	if !errors.As(err, &e) {
		e = aws.AsError(err)
	}
	if e.Status < 500 {
		code, status = "InvalidParameterException", int64(e.Status)
	}
	return FailureInfo{StatusCode: &status, ErrorCode: &code, ErrorMessage: &e.Message}
}
