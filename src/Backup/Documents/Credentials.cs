using System.Text.RegularExpressions;
using Lockkeeper.Kernel.Config.Clusters;

namespace Lockkeeper.Backup.Documents;

/// <summary>The secrets that a restore needs, by the names that the declaration gives them.</summary>
internal static partial class Credentials
{
    /// <summary>What each is for, and its references; never a value.</summary>
    public static IReadOnlyList<(string For, string Reference)> Of(ClusterConfig cluster)
    {
        var all = new List<(string, string)> { ("the server's administrator", References(cluster.Admin)) };
        foreach (var (index, repository) in cluster.Backup!.Value.Repositories.Index())
        {
            if (repository.Value.Cipher is { } cipher)
                all.Add(($"repository {index + 1}: the pass of its encryption, without which nothing in it can be read", References(cipher)));
            if (repository.Value.ObjectStore is { } store)
            {
                all.Add(($"repository {index + 1}: access key", References(store.Key)));
                all.Add(($"repository {index + 1}: secret key", References(store.Secret)));
            }
        }

        return all;
    }

    /// <summary>The same of a cluster that a managed service runs.</summary>
    public static IReadOnlyList<(string For, string Reference)> OfManaged(ClusterConfig cluster)
    {
        var managed = cluster.Managed!.Value;
        var all = new List<(string, string)> { ("the service", managed.Profile is { } profile ? $"the profile `{profile}` of AWS's tools" : "AWS's usual ones: `AWS_ACCESS_KEY_ID`, a profile, or the role of the host") };
        if (cluster.Admin.Value.Length > 0)
            all.Add(("the server's administrator", References(cluster.Admin)));
        if (managed.Password is { } password)
            all.Add(("the master user", References(password)));
        return all;
    }

    private static string References(Placed<string> secret)
    {
        var found = Reference().Matches(secret.Value).Select(match => $"`{match.Value}`").ToList();
        return found.Count == 0 ? $"written in {secret.At}" : string.Join(", ", found);
    }

    [GeneratedRegex(@"\$\{[^}]+\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
