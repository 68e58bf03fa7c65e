using Lockkeeper.Provision.Differences;
using Lockkeeper.Provision.Rds.Reading;

namespace Lockkeeper.Provision.Rds.Comparing;

/// <summary>Tags: those that are declared, and the one by which a thing is known as ours.</summary>
internal static class TagComparing
{
    /// <summary>Tags as parameters of a call.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Parameters(IEnumerable<KeyValuePair<string, string>> tags) =>
        tags.SelectMany((tag, index) => new KeyValuePair<string, string>[] { new($"Tags.Tag.{index + 1}.Key", tag.Key), new($"Tags.Tag.{index + 1}.Value", tag.Value) });

    public static IEnumerable<Difference> Compare(RdsDeclaration declared, string words, LiveThing live)
    {
        var missing = declared.Tags.Where(tag => live.Tags.GetValueOrDefault(tag.Key) != tag.Value).ToList();
        if (missing.Count == 0)
            yield break;
        yield return new Difference
        {
            Phase = Phase.Service,
            Object = words,
            Change = "tags " + string.Join(", ", missing.Select(tag => $"{tag.Key}: {live.Tags.GetValueOrDefault(tag.Key, "none")} → {tag.Value}")),
            At = declared.Cluster.Managed!.At,
            Remedy = Remedy.By(new ServiceCall("AddTagsToResource", [new("ResourceName", live.Arn ?? live.Name), .. Parameters(missing)])),
        };
    }
}
