using System.Security.Cryptography;
using System.Text;

namespace Lockkeeper.Engines.PostgreSql.Pooling;

/// <summary>Signs in: without a password, with one in the clear (inside TLS), with MD5 or with SCRAM-SHA-256.</summary>
internal sealed class ConsoleLogin(ConsoleMessages messages, string user, string password)
{
    private const string Mechanism = "SCRAM-SHA-256";

    // The numbers of the message Authentication.
    private const int Done = 0, Clear = 3, Md5 = 5, Sasl = 10, SaslContinue = 11, SaslFinal = 12;

    private ScramProof? proof;

    /// <exception cref="ConsoleRefusal">The login was refused.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        await messages.StartAsync(user, cancel);
        while (true)
        {
            var (kind, body) = await messages.ReadAsync(cancel);
            if (kind == 'E')
                throw new ConsoleRefusal(body.Error());
            if (kind == 'R')
                await AnswerAsync(body, cancel);
            else if (kind == 'Z')
                return;
        }
    }

    private async Task AnswerAsync(MessageReader asked, CancellationToken cancel)
    {
        var how = asked.Number();
        if (how is not (Done or SaslFinal) && password.Length == 0)
            throw new ConsoleRefusal("it asks for a password, and the URL has none");
        switch (how)
        {
            case Done:
                break;
            case Clear:
                await messages.WriteAsync('p', body => body.Text(password), cancel);
                break;
            case Md5:
                var answer = Md5Answer(asked.Take(4));
                await messages.WriteAsync('p', body => body.Text(answer), cancel);
                break;
            case Sasl:
                proof = new ScramProof(password);
                var first = Encoding.UTF8.GetBytes(proof.First());
                await messages.WriteAsync('p', body => body.Text(Mechanism).Number(first.Length).Bytes(first), cancel);
                break;
            case SaslContinue when proof is not null:
                var final = Encoding.UTF8.GetBytes(proof.Final(Encoding.UTF8.GetString(asked.Rest())));
                await messages.WriteAsync('p', body => body.Bytes(final), cancel);
                break;
            case SaslFinal when proof is not null:
                if (!proof.IsServer(Encoding.UTF8.GetString(asked.Rest())))
                    throw new ConsoleRefusal("it does not know the password itself, and is not who it says");
                break;
            default:
                throw new ConsoleRefusal($"it asks for a way to sign in that is not known here ({how})");
        }
    }

    /// <summary>The protocol's own: md5(md5(password + user) + salt).</summary>
    private string Md5Answer(ReadOnlySpan<byte> salt)
    {
#pragma warning disable CA5351 // The server asks for it.
        var inner = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)));
        return "md5" + Convert.ToHexStringLower(MD5.HashData([.. Encoding.UTF8.GetBytes(inner), .. salt]));
#pragma warning restore CA5351
    }
}
