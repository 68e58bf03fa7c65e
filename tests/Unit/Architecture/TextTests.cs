using System.Text.RegularExpressions;
using Xunit;

namespace Lockkeeper.Tests.Unit.Architecture;

/// <summary>What no tracked text may hold: where somebody's machine keeps things, and where packages come from.</summary>
public sealed partial class TextTests
{
    /// <summary>Hosts that texts may link to: standards, documentation, and names reserved for examples.</summary>
    private static readonly string[] documentation =
    [
        "www.postgresql.org", "www.apache.org", "json-schema.org", "keepachangelog.com", "semver.org", "www.npgsql.org", "www.sqlite.org", "sqlite.org", "prometheus.io", "grafana.com",
        "learn.microsoft.com", "xunit.net", "man7.org", "www.rfc-editor.org", "yaml.org", "www.w3.org", "tools.ietf.org", "docs.oasis-open.org",
        // The namespace of its changelogs.
        "www.liquibase.org",
        // The services that credentials and managed instances come from, each by the address that it is documented with.
        "rds.eu-west-1.amazonaws.com", "rds.amazonaws.com", "example.amazonaws.com", "169.254.169.254", "169.254.170.2",
    ];

    [Fact]
    public void links_lead_to_documentation_only() =>
        Violations.None(
            from path in Repo.Texts()
            from match in Link().Matches(Repo.Read(path))
            let host = match.Groups["host"].Value
            where !documentation.Contains(host) && !IsForExamples(host)
            select $"{path}: {host}",
            "Name packages, not the servers that they come from: a company has its own. A link to a standard or to documentation is added to the list in this test.");

    [Fact]
    public void links_between_pages_lead_to_a_file_that_is_there() =>
        Violations.None(
            from path in Repo.Texts()
            where path.EndsWith(".md", StringComparison.Ordinal)
            from match in PageLink().Matches(Repo.Read(path))
            let target = match.Groups["target"].Value
            where !target.Contains(':', StringComparison.Ordinal) && !Repo.Has(Path.Combine(Path.GetDirectoryName(path)!, target))
            select $"{path}: {target}",
            "Correct the link, or write the page.");

    [Fact]
    public void the_map_shows_only_what_is_there() =>
        Violations.None(
            from match in MapPath().Matches(Repo.Read("docs/map.md"))
            let path = "src/" + match.Groups["path"].Value
            where !Repo.Has(path)
            select path,
            "Correct docs/map.md: it is where people look first.");

    [Fact]
    public void no_text_names_a_folder_of_somebodys_machine() =>
        Violations.None(
            Repo.Texts().SelectMany(path => MachinePath().Matches(Repo.Read(path)).Select(match => $"{path}: {match.Value}")),
            "Write the path relative to the repository, or take it from the environment.");

    private static bool IsForExamples(string host) =>
        host is "localhost" || host.StartsWith("127.", StringComparison.Ordinal) || Reserved().IsMatch(host);

    [GeneratedRegex(@"\bhttps?://(?:[^/\s@""'`<>()]*@)?(?<host>[A-Za-z0-9.-]+[A-Za-z0-9])")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)")]
    private static partial Regex PageLink();

    [GeneratedRegex(@"`(?<path>[A-Z]\w+/[\w./]*)`")]
    private static partial Regex MapPath();

    // RFC 2606
    [GeneratedRegex(@"(?:^|\.)(?:example(?:\.(?:com|org|net))?|invalid|test)$")]
    private static partial Regex Reserved();

    [GeneratedRegex(@"(?<![\w.$~}*/-])/(?:work|root|home/[a-z]+|Users/[A-Za-z]+)/[\w.-]*")]
    private static partial Regex MachinePath();
}
