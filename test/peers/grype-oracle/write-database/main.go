// Writes a database with Grype's own code, of what it reads as JSON from standard input, into the folder that it is given: what
// Skopos reads must be what Grype writes.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	v6 "github.com/anchore/grype/grype/db/v6"
)

type input struct {
	Providers       []string        `json:"providers"`
	Vulnerabilities []vulnerability `json:"vulnerabilities"`
	Epss            []v6.EpssHandle `json:"epss"`
	EpssDate        time.Time       `json:"epssDate"`
	Exploited       []exploited     `json:"exploited"`
}

type exploited struct {
	Cve  string                              `json:"cve"`
	Blob *v6.KnownExploitedVulnerabilityBlob `json:"blob"`
}

type vulnerability struct {
	Name      string                `json:"name"`
	Provider  string                `json:"provider"`
	Status    string                `json:"status"`
	Published *time.Time            `json:"published"`
	Modified  *time.Time            `json:"modified"`
	Withdrawn *time.Time            `json:"withdrawn"`
	Blob      *v6.VulnerabilityBlob `json:"blob"`
	Rows      []row                 `json:"rows"`
}

type row struct {
	Ecosystem    string              `json:"ecosystem"`
	Name         string              `json:"name"`
	System       *v6.OperatingSystem `json:"system"`
	Cpe          *v6.Cpe             `json:"cpe"`
	IsUnaffected bool                `json:"isUnaffected"`
	Blob         *v6.PackageBlob     `json:"blob"`
}

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(folder string) error {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	store, err := v6.NewWriter(v6.Config{DBDirPath: folder, CacheSizeKiB: 64 * 1024})
	if err != nil {
		return err
	}
	if err := fill(store, in); err != nil {
		return err
	}
	return store.Close()
}

func fill(store v6.ReadWriter, in input) error {
	captured := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	providers := map[string]*v6.Provider{}
	for _, id := range in.Providers {
		providers[id] = &v6.Provider{ID: id, Version: "1", DateCaptured: &captured}
		if err := store.AddProvider(*providers[id]); err != nil {
			return err
		}
	}
	for _, one := range in.Vulnerabilities {
		if err := add(store, one, providers[one.Provider]); err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
	}
	for i := range in.Epss {
		in.Epss[i].Date = in.EpssDate
		if err := store.AddEpss(&in.Epss[i]); err != nil {
			return err
		}
	}
	for _, one := range in.Exploited {
		handle := v6.KnownExploitedVulnerabilityHandle{Cve: one.Cve, BlobValue: one.Blob}
		if err := store.AddKnownExploitedVulnerabilities(&handle); err != nil {
			return err
		}
	}
	return nil
}

func add(store v6.ReadWriter, one vulnerability, provider *v6.Provider) error {
	handle := &v6.VulnerabilityHandle{
		Name:          one.Name,
		Status:        v6.VulnerabilityStatus(one.Status),
		PublishedDate: one.Published,
		ModifiedDate:  one.Modified,
		WithdrawnDate: one.Withdrawn,
		ProviderID:    provider.ID,
		Provider:      provider,
		BlobValue:     one.Blob,
	}
	if err := store.AddVulnerabilities(handle); err != nil {
		return err
	}
	for _, told := range one.Rows {
		if err := addRow(store, handle, told); err != nil {
			return err
		}
	}
	return nil
}

func addRow(store v6.ReadWriter, handle *v6.VulnerabilityHandle, told row) error {
	if told.Cpe != nil {
		cpe := v6.AffectedCPEHandle{VulnerabilityID: handle.ID, CPE: told.Cpe, BlobValue: told.Blob}
		if told.IsUnaffected {
			return store.AddUnaffectedCPEs((*v6.UnaffectedCPEHandle)(&cpe))
		}
		return store.AddAffectedCPEs(&cpe)
	}
	found := v6.AffectedPackageHandle{
		VulnerabilityID: handle.ID,
		OperatingSystem: told.System,
		Package:         &v6.Package{Ecosystem: told.Ecosystem, Name: told.Name},
		BlobValue:       told.Blob,
	}
	if told.IsUnaffected {
		return store.AddUnaffectedPackages((*v6.UnaffectedPackageHandle)(&found))
	}
	return store.AddAffectedPackages(&found)
}
