package tagging

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/brownoutdev/brownout/services"
)

func init() { services.Add(&operations, "GetResources", (*Service).getResources) }

const (
	resourcesOnPage = 50
	mostOnPage      = 100
)

// getResources answers resources that have tags. AWS adds those that once had some; Brownout does not
// remember them.
func (s *Service) getResources(r *services.Request, in *GetResourcesInput) (*GetResourcesOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	a := s.asking(r)
	all, err := a.everything(in.fits)
	if err != nil {
		return nil, err
	}
	if in.ExcludeCompliantResources != nil && *in.ExcludeCompliantResources {
		all = nil // without tag policies everything complies
	}
	asked := *in
	asked.PaginationToken = nil
	text, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	list := "GetResources " + hex.EncodeToString(sum[:8])
	size := resourcesOnPage
	if in.ResourcesPerPage != nil {
		size = int(*in.ResourcesPerPage)
	}
	name := func(r *resource) string { return r.arn }
	found, next, err := page(list, all, name, in.PaginationToken, size)
	if err != nil {
		return nil, err
	}
	if in.TagsPerPage != nil {
		if n := fitting(found, int(*in.TagsPerPage)); n < len(found) {
			if _, next, err = page(list, found, name, nil, n); err != nil {
				return nil, err
			}
			found = found[:n]
		}
	}
	out := &GetResourcesOutput{PaginationToken: next, ResourceTagMappingList: []ResourceTagMapping{}}
	for _, r := range found {
		mapping := ResourceTagMapping{ResourceARN: &r.arn, Tags: r.tags}
		if in.IncludeComplianceDetails != nil && *in.IncludeComplianceDetails {
			mapping.ComplianceDetails = &ComplianceDetails{NoncompliantKeys: []string{}, KeysWithNoncompliantValues: []string{}, ComplianceStatus: new(true)}
		}
		out.ResourceTagMappingList = append(out.ResourceTagMappingList, mapping)
	}
	return out, nil
}

// fitting is how many resources have no more than so many tags together; one at least.
func fitting(found []resource, tags int) int {
	total := 0
	for i := range found {
		if total += len(found[i].tags); total > tags && i > 0 {
			return i
		}
	}
	return len(found)
}

// check judges what the model leaves open.
func (in *GetResourcesInput) check() error {
	switch {
	case in.ResourcesPerPage != nil && (*in.ResourcesPerPage < 1 || *in.ResourcesPerPage > mostOnPage):
		return invalid("ResourcesPerPage must be between 1 and 100.")
	case in.TagsPerPage != nil && (*in.TagsPerPage < 100 || *in.TagsPerPage > 500 || *in.TagsPerPage%100 != 0):
		return invalid("TagsPerPage must be a multiple of 100 between 100 and 500.")
	case len(in.ResourceARNList) > 0 && (len(in.TagFilters) > 0 || len(in.ResourceTypeFilters) > 0 || in.ResourcesPerPage != nil || in.TagsPerPage != nil || in.PaginationToken != nil && *in.PaginationToken != ""):
		return invalid("ResourceARNList cannot be combined with filters or pagination.")
	case len(in.ResourceARNList) > mostOnPage:
		return invalid("ResourceARNList can have up to 100 ARNs.")
	case in.ExcludeCompliantResources != nil && *in.ExcludeCompliantResources && (in.IncludeComplianceDetails == nil || !*in.IncludeComplianceDetails):
		return invalid("ExcludeCompliantResources can be used only when IncludeComplianceDetails is true.")
	}
	for _, filter := range in.TagFilters {
		if filter.Key == nil {
			return invalid("A tag filter needs a key.")
		}
	}
	return nil
}

// fits reports whether a resource has a tag for each filter, one of its values if it has any, and is of
// one of the types.
func (in *GetResourcesInput) fits(r *resource) bool {
	if len(in.ResourceARNList) > 0 && !slices.Contains(in.ResourceARNList, r.arn) {
		return false
	}
	for _, filter := range in.TagFilters {
		if !slices.ContainsFunc(r.tags, func(tag Tag) bool {
			return *tag.Key == *filter.Key && (len(filter.Values) == 0 || slices.Contains(filter.Values, *tag.Value))
		}) {
			return false
		}
	}
	if len(in.ResourceTypeFilters) == 0 {
		return true
	}
	service, kind := kindOf(r.arn)
	return slices.Contains(in.ResourceTypeFilters, service) || slices.Contains(in.ResourceTypeFilters, service+":"+kind)
}
