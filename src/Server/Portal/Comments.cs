using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Portal;

/// <summary>What somebody has said of a change.</summary>
/// <param name="Database">The database of the migration.</param>
/// <param name="Migration">The migration's id.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Text">What.</param>
internal sealed record Comment(string Database, string Migration, DateTimeOffset At, string Actor, string Text);

/// <summary>Discussions of changes, as documents.</summary>
/// <param name="documents">The store.</param>
internal sealed class Comments(IDocumentStore documents)
{
    /// <summary>What is longer belongs into the migration's own comments.</summary>
    public const int MostCharacters = 4000;

    private const string Kind = "comment";

    /// <summary>What was said of a change, the oldest first.</summary>
    public IReadOnlyList<Comment> Of(string database, string migration) =>
        [.. documents.All(Kind).Select(pair => JsonSerializer.Deserialize(pair.Value, CommentJson.Default.Comment)!).Where(comment => comment.Database == database && comment.Migration == migration)];

    /// <summary>Keeps what was said.</summary>
    /// <exception cref="LockkeeperException">It is empty or too long (LK7030).</exception>
    public void Add(Comment comment)
    {
        if (comment.Text.Length is 0 or > MostCharacters)
            throw new LockkeeperException(ServerErrors.BadComment, comment.Text.Length == 0 ? "the comment is empty" : $"the comment has {comment.Text.Length} characters", $"Write 1 to {MostCharacters}.");
        // Keys sort by time; two in one tick are told apart by chance.
        documents.Put(Kind, string.Create(CultureInfo.InvariantCulture, $"{comment.At.UtcTicks:D20}-{Access.Secrets.New()[..8]}"), JsonSerializer.Serialize(comment, CommentJson.Default.Comment));
    }
}

[JsonSerializable(typeof(Comment))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CommentJson : JsonSerializerContext;
