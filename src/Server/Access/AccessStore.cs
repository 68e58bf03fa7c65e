using System.Text.Json;
using System.Text.Json.Serialization;
using Lockkeeper.Kernel.State;

namespace Lockkeeper.Server.Access;

/// <summary>People, their tokens and their sessions, as documents.</summary>
/// <param name="documents">The store.</param>
internal sealed class AccessStore(IDocumentStore documents)
{
    private const string AccountKind = "account";
    private const string TokenKind = "token";
    private const string SessionKind = "session";
    private const string SecretKind = "secret";
    private const string SetupKey = "setup";

    /// <summary>Everybody, by name.</summary>
    public IReadOnlyList<Account> Accounts() => [.. documents.All(AccountKind).Select(pair => Read(pair.Value, AccessJson.Default.Account))];

    /// <summary>Whether anybody has an account.</summary>
    public bool HasAccounts => documents.All(AccountKind, 1).Count > 0;

    /// <summary>Takes the right to make the first account: of several servers with a link each, one has it.</summary>
    public bool ClaimSetup(string name) => documents.Swap(SecretKind, SetupKey, null, name);

    /// <summary>Gives the right back that a server took and died with before there was an account.</summary>
    public void ReleaseSetup() => documents.Put(SecretKind, SetupKey, null);

    /// <summary>A person; null when there is none of this name.</summary>
    public Account? Account(string name) => documents.Get(AccountKind, name) is { } text ? Read(text, AccessJson.Default.Account) : null;

    /// <summary>Adds a person; false when the name is taken.</summary>
    public bool Add(Account account) => documents.Swap(AccountKind, account.Name, null, Write(account, AccessJson.Default.Account));

    /// <summary>Changes a person.</summary>
    public void Put(Account account) => documents.Put(AccountKind, account.Name, Write(account, AccessJson.Default.Account));

    /// <summary>The tokens of a person, the oldest first; of everybody when the name is null.</summary>
    public IReadOnlyList<ApiToken> Tokens(string? account) =>
        [.. documents.All(TokenKind).Select(pair => Read(pair.Value, AccessJson.Default.ApiToken)).Where(token => account is null || token.Account == account).OrderBy(token => token.CreatedAt)];

    /// <summary>A token; null when there is none, or none any more.</summary>
    public ApiToken? Token(string id) => documents.Get(TokenKind, id) is { } text ? Read(text, AccessJson.Default.ApiToken) : null;

    /// <summary>Adds a token.</summary>
    public void Add(ApiToken token) => documents.Put(TokenKind, token.Id, Write(token, AccessJson.Default.ApiToken));

    /// <summary>Removes a token: from now on it opens nothing.</summary>
    public void RemoveToken(string id) => documents.Put(TokenKind, id, null);

    /// <summary>A session by the hash of its secret.</summary>
    public Session? Session(string hash) => documents.Get(SessionKind, hash) is { } text ? Read(text, AccessJson.Default.Session) : null;

    /// <summary>Writes a session.</summary>
    public void Put(string hash, Session session) => documents.Put(SessionKind, hash, Write(session, AccessJson.Default.Session));

    /// <summary>Ends a session.</summary>
    public void RemoveSession(string hash) => documents.Put(SessionKind, hash, null);

    /// <summary>Removes sessions that were last used before a moment.</summary>
    public void RemoveSessionsBefore(DateTimeOffset moment)
    {
        foreach (var (hash, text) in documents.All(SessionKind))
        {
            if (Read(text, AccessJson.Default.Session).SeenAt < moment)
                documents.Put(SessionKind, hash, null);
        }
    }

    /// <summary>What keys of forms are made from where a session is not ours; made once, and the same for all servers of one state.</summary>
    public string ForgerySecret()
    {
        if (documents.Get(SecretKind, "forms") is { } known)
            return known;
        documents.Swap(SecretKind, "forms", null, Secrets.New());
        return documents.Get(SecretKind, "forms")!;
    }

    private static T Read<T>(string text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.Deserialize(text, type)!;

    private static string Write<T>(T document, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.Serialize(document, type);
}

[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(ApiToken))]
[JsonSerializable(typeof(Session))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class AccessJson : JsonSerializerContext;
